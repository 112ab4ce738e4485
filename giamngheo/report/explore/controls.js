// The controls

const SVG = "http://www.w3.org/2000/svg";

/** An element with its attributes and children; text is text, whatever it holds. */
function element(tag, attributes = {}, ...children) {
  const made = tag.startsWith("svg:") ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const EVERY = [1, 4, 10]; // while one drags, every so many of the draws answer: all where there is time; at rest always
const TIME_MS = 16, REST_MS = 150;
let serial = 0; // of the controls on a page

/** Numbers and chances as the page's language writes them. */
function writer({ lang, words }) {
  const number = (x, decimals = 0) => {
    const scaled = Math.round(Math.abs(x) * 10 ** decimals + 1e-9), text = (scaled / 10 ** decimals).toFixed(decimals);
    const [whole, part] = text.split("."), [thousands, point] = lang === "vi" ? [".", ","] : [",", "."];
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return (x < 0 && scaled ? "\u2212" : "") + grouped + (part ? point + part : "");
  };
  const short = (x) => number(x, [0, 1, 2].find((decimals) => Math.abs(x * 10 ** decimals - Math.round(x * 10 ** decimals)) < 1e-6) ?? 2);
  const together = (text) => text.replaceAll(" ", "\u00a0");
  const percent = (x, decimals) => together(fill(words.percent, { n: decimals === undefined ? short(x) : number(x, decimals) }));
  const chance = (p) => (p < 0.01 ? together(words.under_one) : p > 0.99 ? together(words.over_99) : percent(100 * p, 0));
  return { number, short, percent, chance };
}

/** A page's home of the setting: the end of its address. */
function address(root) {
  const own = () => location.hash.startsWith("#what-if&");
  return {
    read(model) {
      if (!own()) return null;
      const setting = fromFragment(model, decodeURIComponent(location.hash.slice(1)));
      root.scrollIntoView();
      return setting;
    },
    keep(model, setting) { // also where one went on to another section
      const fragment = toFragment(model, setting), here = location.href.split("#")[0];
      if (!fragment && !own()) return;
      try {
        history.replaceState(null, "", fragment ? `${here}#${fragment}` : here);
      } catch (refused) { // as browsers do that are asked too often
        console.warn(refused);
      }
    },
    listen: (heard) => addEventListener("hashchange", heard),
  };
}

/**
 * The what-if in an element: `given` holds the packed model, words, names, readings and the targets' texts; `home` keeps
 * the setting: read(model), null where there is none; keep(model, setting); listen(heard), called when another is there.
 */
export function mount(root, given, home = address(root)) {
  const { words } = given, write = writer(given), models = EVERY.map((every) => unpack(given.model, every)), [model] = models;
  const base = plan(model), known = names(model), inputs = [], set_apart = [];
  let setting = plan(model), sums = money(model, setting), took = Infinity, waiting = 0, spoken = 0;
  const say = (key, values) => fill(words[key], values);
  const usual = Object.fromEntries([1, 0].map((r) => [r, evaluate(model, base, r)]));
  const tone = (r) => (r === 1 ? "continued" : r === 0 ? "new" : "part");
  const case_name = (r) => (r === 1 ? words.continued : r === 0 ? words.new : say("between", { share: write.percent(100 * (1 - r), 0) }));
  const billions = (x) => write.number(x, x > 0 && x < 10 ? 1 : 0);

  // Controls: each knows how to read the setting and how to change it.

  function row(name, attributes, get, set, told, free) {
    const id = `what-if-${++serial}`, shown = element("span", { class: "what-if-value", "aria-hidden": "true" });
    const input = element("input", { id, type: "range", ...attributes, oninput: () => change(() => set(Number(input.value))) });
    const back = free && element("button", { type: "button", onclick: () => change(free.clear) }, words.estimated);
    const line = element("div", { class: "what-if-row" }, element("label", { for: id }, name), shown, input, ...(back ? [back] : []));
    const first = String(get());
    set_apart.push(() => (String(get()) === first ? [] : [`${name}: ${told()}`]));
    inputs.push(() => {
      const text = told();
      if (input.value !== String(get())) input.value = get();
      if (back) back.hidden = free.is_free();
      if (shown.textContent === text) return;
      input.setAttribute("aria-valuetext", text);
      shown.textContent = text;
    });
    return line;
  }

  const SHARE = { min: 0, max: MOST.share, step: 1 };
  const share_row = (name, get, set, sum) => row(name, SHARE, get, set, () => {
    const [planned, delivered] = sum();
    return say("share", { share: write.percent(get()), delivered: billions(delivered), planned: billions(planned) });
  });
  const table_rows = (table) => known[table].map((name) => share_row(given.names[table][name],
    () => setting[table][name] ?? 100, (value) => (setting[table][name] = value), () => sums[table][name]));
  const set_years = (value) => model.programme.forEach((year) => (setting.years[year] = value));
  const mean_year = () => model.programme.reduce((sum, year) => sum + setting.years[year], 0) / model.programme.length;
  const in_year = (year) => [model.lines.reduce((sum, { sources }) => sum + Object.values(sources).reduce((a, b) => a + b, 0), 0) / model.programme.length,
    Object.values(sums.cells).reduce((sum, cells) => sum + cells[year], 0)];
  const group = (legend, ...rows) => element("fieldset", {}, element("legend", {}, legend), ...rows);
  const fold = (summary, rows, open = false) =>
    rows.length > 1 ? [element("details", { open: open ? "" : null }, element("summary", {}, summary), ...rows)] : [];

  const all = row(words.all_money, SHARE, mean_year, set_years, () => {
    const { planned, delivered } = sums, share = alike(setting.years) ? write.percent(mean_year()) : words.by_year_differs;
    return say("share", { share, delivered: billions(delivered), planned: billions(planned) });
  });
  const years = model.programme.map((year) => share_row(String(year), () => setting.years[year], (value) => (setting.years[year] = value), () => in_year(year)));
  const delay = row(words.delay, { min: 0, max: MOST.delay(model), step: 0.25 }, () => setting.delay, (value) => (setting.delay = value),
    () => (setting.delay ? say(setting.delay === 1 ? "delay_one" : "delay_told", { n: write.short(setting.delay) }) : words.on_time));
  const on_top = row(words.on_top, { min: 0, max: 100, step: 5 }, () => 100 * (1 - setting.continuity), (value) => (setting.continuity = Number((1 - value / 100).toFixed(4))),
    () => (setting.continuity === 1 ? words.on_top_none : setting.continuity === 0 ? words.on_top_all : say("on_top_part", { share: write.percent(100 * (1 - setting.continuity), 0) })));
  const drawn = (key, model_value) => ({ clear: () => (setting[key] = null), is_free: () => setting[key] === null || setting[key] === model_value });
  const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const growth_mean = Number(average(model.households.growth).toFixed(1));
  const growth = row(words.growth, { min: MOST.growth[0], max: MOST.growth[1], step: 0.1 }, () => setting.growth ?? growth_mean, (value) => (setting.growth = value),
    () => say(setting.growth === null ? "growth_free" : "growth_told", { rate: write.percent(setting.growth ?? growth_mean, 1) }), drawn("growth"));
  const cores = [0, ...sizes(model)], core = row(words.core, { min: 0, max: cores.length - 1, step: 1 }, () => Math.max(cores.indexOf(setting.core ?? 0), 0),
    (value) => (setting.core = cores[value]), () => (setting.core ? say("core_told", { share: write.percent(setting.core) }) : words.core_none), drawn("core", 0));
  const moves = model.groups.all.paths.still ? [row(words.gap, { min: 0, max: 100, step: 5 }, () => 100 * (setting.moves ?? model.moves), (value) => (setting.moves = value / 100),
    () => ((setting.moves ?? model.moves) === 1 ? words.gap_moves : setting.moves === 0 ? words.gap_still : say("gap_part", { share: write.percent(100 * (setting.moves ?? model.moves), 0) })), drawn("moves", model.moves))] : [];

  function choice(name, options, get, set) {
    const id = `what-if-${++serial}`, select = element("select", { id, onchange: () => change(() => set(select.value)) });
    set_apart.push(() => (get() ? [`${name}: ${select.selectedOptions[0].text}`] : []));
    inputs.push(() => {
      const listed = options();
      if (listed.length !== select.length || listed.some(([, text], k) => select.options[k].text !== text))
        select.replaceChildren(...listed.map(([value, text]) => element("option", { value }, text)));
      select.value = get();
      select.disabled = select.options.length < 2;
    });
    return element("div", { class: "what-if-row" }, element("label", { for: id }, name), select);
  }
  const points = (size) => { // what such a setback adds to the poor of a year, in the middle of the draws
    const at = model.years.indexOf(setting.shock.year), [middle] = quantiles(model.groups.all.paths.level.at[at], [0.5]);
    return write.number(100 * (below(middle + size) - below(middle)), 1);
  };
  const bad_year = choice(words.bad_year, () => [["", words.bad_year_none], ...model.years.map((year) => [String(year), String(year)])],
    () => String(setting.shock?.year ?? ""), (value) => (setting.shock = value ? { year: Number(value), size: setting.shock?.size ?? Object.keys(model.shock.sizes)[0] } : null));
  const how_bad = choice(words.how_bad, () => {
    if (!setting.shock) return [["", words.bad_year_none]];
    const fixed = [...new Set([0.05, 0.1, 0.2, ...(typeof setting.shock.size === "number" ? [setting.shock.size] : [])])].sort((a, b) => a - b);
    return [...Object.keys(model.shock.sizes).map((name) => [name, words[name]]), ...fixed.map((size) => [String(size), say("setback", { points: points(size) })])];
  }, () => String(setting.shock?.size ?? ""), (value) => (setting.shock.size = value_of(value)));

  // What comes out

  const table = element("table", {}), fans = element("div", { class: "what-if-fans" }), legend = element("p", { class: "note" });
  const told = element("p", { class: "what-if-money" }), differs = element("p", { class: "what-if-differs" }), message = element("p", { class: "what-if-message", role: "status" });
  const speech = element("output", { class: "what-if-speech" });
  const keys = [...model.targets.map(({ id }) => id), ...(model.targets.filter(({ group }) => group === "all").length > 1 ? ["both"] : [])];
  const statuses = [...new Set(model.targets.filter(({ group }) => group === "all").map(({ status }) => status))];
  const top = Math.max(...statuses.flatMap((status) => [...given.readings.filter((reading) => reading.status === status).map(({ hundredths }) => hundredths / 100),
    ...[1, 0].flatMap((r) => usual[r].bands[status].map((band) => band.at(-1)))])) * 1.08;

  function show(found, cases) {
    const head = element("tr", {}, element("td", {}), ...cases.map((r) => element("th", { scope: "col", class: tone(r) }, case_name(r))));
    const body = keys.map((key) => element("tr", {}, element("th", { scope: "row" }, given.targets[key]), ...cases.map((r) => {
      const p = found[r].chances[key], households = found[r].above[key], before = usual[r]?.chances[key];
      const small = [];
      if (before !== undefined && write.chance(before) !== write.chance(p)) small.push(element("small", {}, say("plan_chance", { chance: write.chance(before) })));
      if (households !== undefined) small.push(element("small", {}, !households ? words.none_above : households < 50 ? words.few_above : say("above", { n: write.number(Math.round(households / 100) * 100) })));
      return element("td", { "data-target": key, "data-case": r, "data-chance": p }, element("b", {}, write.chance(p)), ...small);
    })));
    table.replaceChildren(element("caption", {}, words.caption), element("thead", {}, head), element("tbody", {}, ...body));
    fans.replaceChildren(...statuses.map((status) => fan(status, found, cases)));
    const main = setting.continuity, others = cases.filter((r) => r !== main);
    legend.textContent = [say("legend", { main: case_name(main), others: others.map(case_name).join("; ") }),
      ...(usual[main] ? [words.legend_plan] : []), words.legend_rates].join(" ");
    const { planned, delivered } = sums;
    told.textContent = say("money_told", { delivered: billions(delivered), planned: billions(planned), year: model.programme.at(-1) });
  }

  function fan(status, found, cases) {
    const W = 330, H = 160, left = 34, right = 62, bottom = 22, head = 8, main = setting.continuity;
    const read = given.readings.filter((reading) => reading.status === status), ends = model.years, last = read.at(-1);
    const from = Math.min(ends[0] - 1, ...read.map(({ at }) => at)), most = Math.max(top, ...found[main].bands[status].map((band) => band.at(-1)));
    const x = (year) => left + ((year - from) / (ends.at(-1) - from)) * (W - left - right), y = (rate) => H - bottom - (rate / most) * (H - bottom - head);
    const start = last ? [[last.at, last.hundredths / 100]] : [], path = (pairs) => pairs.map(([a, b], k) => `${k ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
    const line = (r, k, bands = found[r].bands[status]) => [...start, ...bands.map((band, t) => [ends[t], band[k]])];
    const area = (low, high) => `${path([...line(main, low), ...line(main, high).reverse()])}Z`;
    const draw = (tag, attributes, ...children) => element(`svg:${tag}`, attributes, ...children);
    const parts = [], step = [0.5, 1, 2, 5, 10, 20, 50].find((size) => most / size <= 6) ?? 100;
    for (let rate = 0; rate <= most; rate += step)
      parts.push(draw("path", { d: `M${left} ${y(rate)}H${W - right}`, class: "grid" }), draw("text", { x: left - 4, y: y(rate) + 4, class: "end" }, write.short(rate)));
    const apart = Math.ceil((ends.at(-1) - from) / 6);
    for (let year = ends.at(-1); year >= from; year -= apart) parts.push(draw("text", { x: x(year), y: H - 6, class: "middle" }, String(year)));
    parts.push(draw("path", { d: area(0, 4), class: `band80 ${tone(main)}` }), draw("path", { d: area(1, 3), class: `band50 ${tone(main)}` }));
    if (usual[main]) parts.push(draw("path", { d: path(line(main, 2, usual[main].bands[status])), class: "plan" }));
    const labels = [];
    for (const r of [...cases.filter((each) => each !== main), main]) {
      parts.push(draw("path", { d: path(line(r, 2)), class: `${r === main ? "median" : "other"} ${tone(r)}` }));
      labels.push([found[r].bands[status].at(-1)[2], tone(r)]);
    }
    labels.sort(([a], [b]) => b - a);
    let before = -Infinity;
    for (const [rate, name] of labels) {
      before = Math.max(y(rate) + 4, before + 13);
      parts.push(draw("text", { x: W - right + 4, y: before, class: name }, write.percent(rate, 1)));
    }
    parts.push(draw("path", { d: path(read.map(({ at, hundredths }) => [at, hundredths / 100])), class: "readings" }));
    for (const { at, hundredths } of read) parts.push(draw("circle", { cx: x(at), cy: y(hundredths / 100), r: 3, class: "reading" }));
    for (const target of model.targets.filter((each) => each.group === "all" && each.status === status))
      parts.push(draw("path", { d: `M${left} ${y(target.value)}H${W - right}`, class: "target" }), draw("text", { x: left + 3, y: y(target.value) - 4, class: "target" }, given.goals[target.id]));
    const described = say("fan", { who: given.statuses[status], rates: cases.map((r) => `${write.percent(found[r].bands[status].at(-1)[2], 1)} ${case_name(r)}`).join("; "), year: ends.at(-1) });
    return element("div", { class: "what-if-fan" }, element("p", {}, `${given.statuses[status]} (%)`), draw("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": described }, ...parts));
  }

  // What happens when something is moved

  function answer(on) {
    const began = performance.now(), cases = [...new Set([1, setting.continuity, 0])];
    sums = money(model, setting);
    show(Object.fromEntries(cases.map((r) => [r, evaluate(on, setting, r)])), cases);
    for (const refresh of inputs) refresh();
    differs.textContent = set_apart.flatMap((each) => each()).join("; ");
    if (on === model) took = performance.now() - began;
    root.dataset.draws = on.n;
    root.dataset.answered = performance.now() - began;
  }

  function change(how) {
    how();
    message.textContent = "";
    answer(models.find((_, k) => took / EVERY[k] < TIME_MS) ?? models.at(-1));
    clearTimeout(waiting);
    waiting = setTimeout(settle, REST_MS);
  }

  function settle() {
    answer(model);
    home.keep(model, setting);
    clearTimeout(spoken);
    spoken = setTimeout(() => {
      const texts = [...table.tBodies[0].rows].map((one) => say("spoken", {
        target: one.cells[0].textContent,
        chances: [...one.cells].slice(1).map((cell, k) => `${cell.firstChild.textContent} ${table.tHead.rows[0].cells[k + 1].textContent}`).join("; "),
      }));
      speech.textContent = texts.join(" ");
    }, 600);
  }

  function take(next, note = "") {
    setting = next;
    clearTimeout(waiting);
    settle();
    message.textContent = note;
  }

  function fromHome() {
    try {
      const found = home.read(model);
      found ? take(found) : home.keep(model, setting);
    } catch {
      take(plan(model), words.address_bad);
    }
  }

  function save() {
    const link = element("a", { download: "what_if.yml", href: URL.createObjectURL(new Blob([toYaml(model, setting, given.title)], { type: "text/yaml" })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function open(event) {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    try {
      if (file.size > 100_000) throw new Error(file.name);
      const { setting: next, title } = fromYaml(model, await file.text());
      take(next, say("file_read", { title: typeof title?.[given.lang] === "string" ? title[given.lang] : file.name }));
    } catch (problem) {
      message.textContent = say("file_bad", { what: problem.message.slice(0, 120) });
    }
  }

  const file = element("input", { type: "file", accept: ".yml,.yaml", id: `what-if-${++serial}`, onchange: open });
  const buttons = element("div", { class: "what-if-buttons" },
    element("button", { type: "button", onclick: () => take(plan(model), words.reset_done) }, words.reset),
    element("button", { type: "button", onclick: save }, words.save),
    element("label", { for: file.id }, words.open), file);
  root.className = "what-if";
  root.replaceChildren(
    element("div", { class: "what-if-controls" },
      group(words.how_much, all, ...fold(words.by_channel, table_rows("channels"), matchMedia("(min-width:48rem)").matches),
        ...fold(words.by_line, table_rows("lines")), ...fold(words.by_source, table_rows("sources")), ...fold(words.by_year, years)),
      group(words.how, delay, on_top),
      group(words.conditions, bad_year, how_bad, growth, core, ...moves),
      buttons, message, element("p", { class: "note" }, words.share_link)),
    element("div", { class: "what-if-result" }, element("div", { class: "what-if-answer" }, told, differs, table), element("div", { class: "what-if-seen" }, fans, legend)),
    speech);
  home.listen(fromHome);
  answer(model);
  fromHome();
}
