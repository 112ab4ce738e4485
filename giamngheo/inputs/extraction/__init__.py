"""Proposals from a plan's text in administrative Vietnamese: facts, each with the place it rests on."""
