// In a notebook the setting is kept as the scenario file that Python reads

export default {
  render({ model: held, el }) {
    const root = element("div"), given = held.get("given");
    let own, hear; // the file as this view wrote or read it: another view, or Python, may write one too
    el.classList.add("what-if-home");
    el.append(root);
    mount(root, given, {
      read: (model) => fromYaml(model, (own = held.get("file"))).setting,
      keep(model, setting) {
        own = toYaml(model, setting, given.title);
        held.set("file", own);
        held.save_changes();
      },
      listen: (heard) => held.on("change:file", (hear = () => held.get("file") === own || heard())),
    });
    return () => held.off("change:file", hear);
  },
};
