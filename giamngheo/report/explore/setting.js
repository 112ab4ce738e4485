// A setting as a scenario file and as the end of an address

const MOST = { share: 300, delay: (model) => model.programme.length, growth: [-2, 4] };
const between = (value, low, high) => typeof value === "number" && value >= low && value <= high;

/** Whether a value of a setting is one that the controls can show. */
function shows(model, key, value) {
  if (value === null) return key in { shock: 0, growth: 0, core: 0, moves: 0 };
  if (key === "delay") return between(value, 0, MOST.delay(model));
  if (key === "continuity" || key === "moves") return between(value, 0, 1);
  if (key === "growth") return between(value, ...MOST.growth);
  if (key === "core") return value === 0 || sizes(model).includes(value);
  if (key === "shock") return model.years.includes(value.year) && (typeof value.size === "string" ? Object.hasOwn(model.shock.sizes, value.size) : between(value.size, -1, 1));
  return between(value, 0, MOST.share);
}

/** Hard cores that can be set: those whose levels are known, and that the readings leave room for. */
const sizes = (model) => model.cores.filter((core) => (core / 100) * model.groups.all.core.relative <= model.groups.all.core.most);
const names = (model) => ({
  // A plan that does not tell its sources leaves none to set.
  sources: model.lines.some(({ sources }) => "untold" in sources) ? [] : [...new Set(model.lines.flatMap(({ sources }) => Object.keys(sources)))],
  channels: [...new Set(model.lines.filter(({ sources }) => Object.keys(sources).length).map(({ channel }) => channel))],
  lines: model.lines.filter(({ sources }) => Object.keys(sources).length).map(({ id }) => id),
});
const SHORT = { sources: "s", channels: "c", lines: "l" }, KEYS = { delay: "delay", continuity: "r", growth: "growth", core: "core", moves: "gap" };
const FUNDING = Object.assign(Object.create(null), { all: "years", by_source: "sources", by_channel: "channels", by_line: "lines" }); // as files name them
const alike = (years) => new Set(Object.values(years)).size === 1;

/** The setting as the end of an address, "" for the plan. */
export function toFragment(model, setting) {
  const parts = [], usual = plan(model), first = setting.years[model.programme[0]];
  if (!alike(setting.years)) parts.push(...Object.entries(setting.years).map(([year, value]) => `y${year}=${value}`));
  else if (first !== 100) parts.push(`y=${first}`);
  for (const [table, short] of Object.entries(SHORT))
    for (const [name, value] of Object.entries(setting[table])) if (value !== 100) parts.push(`${short}.${name}=${value}`);
  for (const [key, short] of Object.entries(KEYS)) if (setting[key] !== usual[key]) parts.push(`${short}=${setting[key]}`);
  if (setting.shock) parts.push(`shock=${setting.shock.year}:${setting.shock.size}`);
  return parts.length ? ["what-if", ...parts].join("&") : "";
}

const NUMBER = /^-?\d{1,6}(\.\d{1,6})?$/;
const value_of = (text) => (NUMBER.test(text) ? Number(text) : text);

/** A setting from the end of an address; an Error for one that cannot be. */
export function fromFragment(model, text) {
  const setting = plan(model), known = names(model);
  for (const part of text.split("&").slice(1)) {
    const [key, given = ""] = part.split("="), value = value_of(given), [short, name] = key.split(".");
    const table = Object.keys(SHORT).find((each) => SHORT[each] === short), plain = Object.keys(KEYS).find((each) => KEYS[each] === key);
    const years = key === "y" ? model.programme : /^y\d{4}$/.test(key) ? [Number(key.slice(1))] : [];
    if (years.length && years.every((year) => year in setting.years) && shows(model, "years", value)) years.forEach((year) => (setting.years[year] = value));
    else if (table && known[table].includes(name) && shows(model, table, value)) setting[table][name] = value;
    else if (plain && shows(model, plain, value)) setting[plain] = value;
    else if (key === "shock") {
      const [year, size] = given.split(":").map(value_of);
      setting.shock = { year, size };
      if (!shows(model, "shock", setting.shock)) throw new Error(part);
    } else throw new Error(part);
  }
  return setting;
}

const times = (percent) => String(Number((percent / 100).toFixed(6)));

/** The setting as a scenario file, with its title in both languages. */
export function toYaml(model, setting, title) {
  const rows = [`title: {vi: ${JSON.stringify(title.vi)}, en: ${JSON.stringify(title.en)}}`], funding = [];
  const flow = (table, written = JSON.stringify) => `{${Object.entries(table).map(([key, value]) => `${written(key)}: ${value}`).join(", ")}}`; // a bare no is false
  const shares = (table) => Object.fromEntries(Object.entries(table).map(([key, value]) => [key, times(value)]));
  const changed = (table) => Object.fromEntries(Object.entries(table).filter(([, value]) => value !== 100));
  if (!alike(setting.years)) funding.push(`  all: ${flow(shares(setting.years), String)}`);
  else if (setting.years[model.programme[0]] !== 100) funding.push(`  all: ${times(setting.years[model.programme[0]])}`);
  for (const [key, table] of Object.entries(FUNDING).slice(1))
    if (Object.keys(changed(setting[table])).length) funding.push(`  ${key}: ${flow(shares(changed(setting[table])))}`);
  if (funding.length) rows.push("funding:", ...funding);
  if (setting.delay) rows.push(`delay_years: ${setting.delay}`);
  if (setting.continuity !== 1) rows.push(`continuity: ${setting.continuity}`);
  if (setting.shock) rows.push(`shock: {${setting.shock.year}: ${setting.shock.size}}`);
  if (setting.growth !== null) rows.push(`growth: ${setting.growth}`);
  const assumed = [["hard_core_pct", setting.core], ["gap_moves", setting.moves]].filter(([, value]) => value !== null);
  if (assumed.length) rows.push("assumptions:", ...assumed.map(([key, value]) => `  ${key}: {fixed: ${value}}`));
  return rows.join("\n") + "\n";
}

/** The keys of a plain YAML file, block or flow, numbers as such: what scenario files are written in. */
function keysOf(text) {
  const top = Object.create(null), open = [[-1, top]];
  for (const raw of text.split(/\r?\n/)) {
    if (!raw.trim() || raw.trim().startsWith("#") || raw.trim() === "---") continue;
    const at = raw.search(/\S/), reader = { text: raw.slice(at), at: 0 };
    while (open.at(-1)[0] >= at) open.pop();
    const key = String(scalar(reader, /[:]/)), into = open.at(-1)[1];
    if (reader.text[reader.at++] !== ":" || key in into) throw new Error(raw.trim());
    const rest = reader.text.slice(reader.at).trim();
    if (!rest || rest.startsWith("#")) open.push([at, (into[key] = Object.create(null))]);
    else {
      into[key] = flowed(reader);
      const left = reader.text.slice(reader.at).trim();
      if (left && !left.startsWith("#")) throw new Error(raw.trim());
    }
  }
  return top;
}

const skip = (reader) => {
  while (reader.text[reader.at] === " ") reader.at++;
};

function scalar(reader, end) {
  skip(reader);
  const rest = reader.text.slice(reader.at), quoted = /^"(?:[^"\\]|\\.)*"|^'(?:[^']|'')*'/.exec(rest);
  if (quoted) {
    reader.at += quoted[0].length;
    skip(reader);
    return quoted[0][0] === '"' ? JSON.parse(quoted[0]) : quoted[0].slice(1, -1).replaceAll("''", "'");
  }
  const stop = rest.search(end), plain = (stop < 0 ? rest : rest.slice(0, stop)).replace(/\s#.*$/, "").trim();
  reader.at += stop < 0 ? rest.length : stop;
  if (!plain || /^[&*!|>%@`[\]{}]/.test(plain)) throw new Error(rest);
  return plain === "true" ? true : plain === "false" ? false : value_of(plain);
}

function flowed(reader) {
  skip(reader);
  if (reader.text[reader.at] !== "{") return scalar(reader, /(?!)/);
  const table = Object.create(null);
  reader.at++;
  for (skip(reader); reader.text[reader.at] !== "}"; skip(reader)) {
    const key = String(scalar(reader, /[:,}]/));
    if (reader.text[reader.at++] !== ":" || key in table) throw new Error(reader.text);
    skip(reader);
    table[key] = reader.text[reader.at] === "{" ? flowed(reader) : scalar(reader, /[,}]/);
    skip(reader);
    if (reader.text[reader.at] === ",") reader.at++;
    else if (reader.text[reader.at] !== "}") throw new Error(reader.text);
  }
  reader.at++;
  return table;
}

/** A setting from a scenario file; an Error names the key that these controls cannot show. */
export function fromYaml(model, text) {
  const keys = keysOf(text), setting = plan(model), known = names(model);
  const refuse = (what) => {
    throw new Error(what);
  };
  const entries = (key, value) => (value !== null && typeof value === "object" ? Object.entries(value) : refuse(key));
  const put = (table, key, name, share) => {
    if (!between(share, 0, Infinity)) refuse(`${key}: ${name}`);
    table[name] = Number((share * (table[name] ?? 100)).toFixed(4));
  };
  const read = {
    title: () => {},
    based_on: (value) => value === "full_plan" || refuse("based_on"),
    phasing: (value) => value === "even" || refuse("phasing"),
    group: (value) => value === "all" || refuse("group"),
    delay_years: (value) => (setting.delay = value),
    continuity: (value) => (setting.continuity = value),
    growth: (value) => (setting.growth = value),
    shock: (value) => {
      const years = entries("shock", value);
      if (years.length !== 1) refuse("shock");
      const [[year, size]] = years;
      setting.shock = { year: Number(year), size };
    },
    assumptions: (value) => {
      for (const [name, how] of entries("assumptions", value)) {
        const key = { hard_core_pct: "core", gap_moves: "moves" }[name];
        if (!key || typeof how?.fixed !== "number") refuse(name);
        setting[key] = how.fixed;
      }
    },
    funding: (value) => {
      for (const [key, shares] of entries("funding", value)) {
        const table = FUNDING[key];
        if (table === "years") {
          for (const year of model.programme) {
            const share = typeof shares === "object" ? shares[year] ?? 1 : shares;
            put(setting.years, key, year, share);
          }
          if (typeof shares === "object" && Object.keys(shares).some((year) => !(year in setting.years))) refuse(key);
        } else if (table)
          for (const [name, share] of entries(key, shares)) {
            const family = table === "channels" && Object.hasOwn(model.families, name) ? model.families[name].filter((channel) => known.channels.includes(channel)) : null;
            for (const each of family ?? [name]) known[table].includes(each) ? put(setting[table], key, each, share) : refuse(`${key}: ${name}`);
          }
        else if (key !== "keep_total" || shares !== false) refuse(key);
      }
      for (const [key, table] of Object.entries(FUNDING))
        for (const [name, percent] of Object.entries(setting[table])) if (!shows(model, table, percent)) refuse(`${key}: ${name}: ${percent} %`);
    },
  };
  for (const [key, value] of Object.entries(keys)) Object.hasOwn(read, key) ? read[key](value) : refuse(key);
  for (const key of ["delay", "continuity", "growth", "core", "moves", "shock"])
    if (!shows(model, key, setting[key])) refuse(Object.keys(read).find((each) => each.startsWith(key)) ?? key);
  return { setting, title: keys.title };
}
