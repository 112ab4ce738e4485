// The model of giamngheo.simulation in closed form, on a few of its own draws (giamngheo.simulation.portable).

const AROUND = 1e-9; // no household is less than this, where one divides by their number

/** What a reference stands for: a value in every one of n places, or every so many of a column times a factor. */
function opened({ data, low, step }, n, every = 1) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)), whole = new Uint16Array(bytes.buffer), length = Math.ceil(n / every);
  const kept = low.map((least, place) => Float64Array.from({ length }, (_, i) => least + step[place] * whole[place * n + i * every]));
  return (reference) => (Array.isArray(reference) ? kept[reference[0]].map((value) => value * reference[1]) : new Float64Array(length).fill(reference));
}

/** A model as Python packed it, on every so many of its draws: each reference becomes a Float64Array of them. */
export function unpack(packed, every = 1) {
  const n = Math.ceil(packed.n / every), of = opened(packed.columns, packed.n, every), knots = opened(packed.knots, packed.knots.n);
  const each = (table) => Object.fromEntries(Object.entries(table).map(([name, value]) => [name, of(value)]));
  const groups = Object.entries(packed.groups).map(([name, group]) => [name, {
    ...group,
    paths: Object.fromEntries(Object.entries(group.paths).map(([path, { at, core: { at: from, by } }]) =>
      [path, { at: at.map(of), core: { at: from.map(knots), by: by.map((years) => years.map(knots)) } }])),
  }]);
  const lines = packed.lines.map((line) => {
    if (!line.does) return line;
    const { reserved, first_year, ...drawn } = line.does;
    return { ...line, does: { ...each(drawn), first_year: first_year === null ? null : of(first_year), reserved } };
  });
  const known = (name) => name in packed.groups && packed.groups[name].size;
  for (const line of lines) // a line for a group without readings reaches all
    if (line.does && line.does.reserved && !known(line.does.reserved)) line.does.reserved = null;
  // Of programme years that were read already, the readings hold the money's effect.
  const first = packed.years.filter((year) => year < packed.programme[0]).length, pairs = () =>
    packed.years.slice(first).map(() => [new Float64Array(n), new Float64Array(n)]);
  for (const line of lines) { // a loan's first year is a part of it; who has money of earlier years has the rest too
    if (!line.does) continue;
    const { gain, first_year } = line.does;
    const parts = first_year ? [gain.map((value, i) => value * first_year[i]), gain.map((value, i) => value * (1 - first_year[i]))] : [gain];
    line.parts = parts.map((of_part) => ({ gain: of_part, share: pairs(), more: pairs() }));
  }
  return {
    ...packed, n, lines, groups: Object.fromEntries(groups), first,
    households: { ...packed.households, growth: of(packed.households.growth) },
    shock: { kept: of(packed.shock.kept), sizes: each(packed.shock.sizes) },
    spread: of(packed.spread), ceiling: of(packed.ceiling), push: of(packed.push), core: of(packed.core), kept: {},
  };
}

/** The plan in full and on time: what a setting differs from. Shares of the plan are in percent. */
export const plan = (model) => ({
  years: Object.fromEntries(model.programme.map((year) => [year, 100])),
  sources: {}, channels: {}, lines: {}, delay: 0, continuity: 1, shock: null, growth: null, core: null, moves: null,
});

/** Money of a setting, billion VND: planned and delivered, by source, by channel, by line, by (line, year). */
export function money(model, setting) {
  const sums = { planned: 0, delivered: 0, sources: {}, channels: {}, lines: {}, cells: {} };
  const add = (table, key, planned, delivered) => {
    const [before, now] = table[key] ?? [0, 0];
    table[key] = [before + planned, now + delivered];
  };
  const programme = model.programme, whole = Math.floor(setting.delay), part = setting.delay - whole;
  for (const { id, channel, sources } of model.lines) {
    const cells = (sums.cells[id] = Object.fromEntries(programme.map((year) => [year, 0])));
    for (const [source, total] of Object.entries(sources)) {
      const share = [setting.sources[source], setting.channels[channel], setting.lines[id]];
      const factor = share.reduce((product, percent) => (product * (percent ?? 100)) / 100, 1);
      let came = 0;
      programme.forEach((year) => {
        const amount = ((total / programme.length) * factor * setting.years[year]) / 100;
        for (const [later, moved] of [[whole, 1 - part], [whole + 1, part]])
          if (year + later in cells) {
            cells[year + later] += amount * moved;
            came += amount * moved;
          }
      });
      for (const [table, key] of [[sums.sources, source], [sums.channels, channel], [sums.lines, id]]) add(table, key, total, came);
      sums.planned += total;
      sums.delivered += came;
    }
  }
  return sums;
}

/** Where a value lies among ascending ones: between which two, and how far on. */
function place(at, value) {
  let low = 0, high = at.length - 1;
  if (value <= at[low]) return [low, low, 0];
  if (value >= at[high]) return [high, high, 0];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= value) low = middle;
    else high = middle;
  }
  return [low, high, (value - at[low]) / (at[high] - at[low])];
}

/** What a hard core of some percent of households does to a level or a gap of a year, by that one's quantile. */
function moved(sizes, { at, by }, year, value, core) {
  const [low, high, part] = place(at[year], value), [one, two, share] = place(sizes, core);
  const by_size = (k) => by[k][year][low] + part * (by[k][year][high] - by[k][year][low]);
  if (core < sizes[0]) return (by_size(0) * core) / sizes[0];
  return by_size(one) + (share ? share * (by_size(two) - by_size(one)) : 0);
}

/** Probits below the two lines and households before any difference in money: by group and year, arrays of draws. */
function ground(model, setting) {
  const { n, years } = model, levels = {}, moves = setting.moves ?? model.moves;
  const change = years.map((year, t) => {
    const up = new Float64Array(n);
    if (setting.shock && year >= setting.shock.year) {
      const size = model.shock.sizes[setting.shock.size];
      for (let i = 0; i < n; i++)
        up[i] = (size ? size[i] : Number(setting.shock.size)) * model.shock.kept[i] ** (year - setting.shock.year);
    }
    if (t === years.length - 1) for (let i = 0; i < n; i++) up[i] -= model.push[i];
    return up;
  });
  for (const [name, group] of Object.entries(model.groups)) {
    const { level, still, moving } = group.paths;
    levels[name] = years.map((_, t) => {
      const poor = new Float64Array(n), upper = still ? new Float64Array(n) : null;
      for (let i = 0; i < n; i++) {
        const core = setting.core ?? model.core[i];
        const of = (path) => path.at[t][i] + (core ? moved(model.cores, path.core, t, path.at[t][i], core) : 0);
        const z = of(level), fixed = upper ? of(still) : 0;
        poor[i] = z + change[t][i];
        if (upper) upper[i] = poor[i] + Math.exp(fixed + (moves && moves * (of(moving) - fixed)));
        if (core) {
          const out = Math.min((core / 100) * group.core.relative, group.core.most);
          poor[i] = probit(out + (1 - out) * below(poor[i]));
          if (upper) upper[i] = probit(out + (1 - out) * below(upper[i]));
        }
      }
      return [poor, upper];
    });
  }
  const { count, age, growth } = model.households, households = [];
  years.forEach((_, t) => {
    const now = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const factor = 1 + (setting.growth ?? growth[i]) / 100;
      now[i] = t ? households[t - 1][i] * factor : count * factor ** age;
    }
    households.push(now);
  });
  return { levels, households };
}

/** Households a line may reach, by the group it is reserved for ("" for all), and how far the plan's money goes among them. */
function population(model, levels, households, planned) {
  const { n, first } = model, stocks = {}, aimed = [];
  const names = new Set(["all", ...model.lines.flatMap(({ does }) => (does && does.reserved ? [does.reserved] : []))]);
  for (const name of names)
    stocks[name === "all" ? "" : name] = households.slice(first).map((counts, t) => {
      const [z, upper] = levels[name][first + t], size = model.groups[name].size;
      const [poor, near, others, ...within] = Array.from({ length: 5 }, () => new Float64Array(n));
      for (let i = 0; i < n; i++) {
        const share = below(z[i]), top = upper ? Math.max(below(upper[i]), share) : share;
        const whole = name === "all" ? null : stocks[""][t], count = whole ? size : counts[i];
        poor[i] = whole ? Math.min(count * share, whole.poor[i]) : count * share;
        near[i] = whole ? Math.min(count * (top - share), whole.near[i]) : count * (top - share);
        others[i] = whole ? Math.min(count - poor[i] - near[i], whole.others[i]) : count * (1 - top);
        if (!whole) continue;
        within[0][i] = poor[i] / Math.max(whole.poor[i], AROUND);
        within[1][i] = near[i] / Math.max(whole.near[i], AROUND);
      }
      return { poor, near, others, within };
    });
  for (const { id, does } of model.lines) {
    if (!does) continue;
    const stock = stocks[does.reserved ?? ""], left = new Float64Array(n);
    aimed.push(stock.map(({ poor, near }, t) => {
      const toPoor = new Float64Array(n), toNear = new Float64Array(n), amount = planned[id][model.years[first + t]] ?? 0;
      for (let i = 0; i < n; i++) {
        left[i] = amount + does.persistence[i] * left[i];
        const reached = left[i] * does.households_per_bn[i], aim = reached * does.to_poor[i];
        toPoor[i] = aim / Math.max(poor[i], AROUND);
        toNear[i] = ((reached - Math.min(aim, poor[i])) * does.near_share[i]) / Math.max(near[i], AROUND);
      }
      return { toPoor, toNear };
    }));
  }
  return { levels, stocks, aimed };
}

const taken = (aimed, stock, planned, ceiling) =>
  Math.min(aimed, stock) + Math.min(Math.max(aimed - Math.max(planned, 1) * stock, 0), (ceiling - 1) * stock);

/** Where the money of a line is at work, year by year, as shares covered of each status and gains: into its parts. */
function spend(model, line, stocks, aimed, amounts) {
  const { n, ceiling } = model, { households_per_bn, to_poor, near_share, persistence } = line.does;
  const before = new Float64Array(n);
  stocks.forEach(({ poor, near, others }, t) => {
    const { toPoor, toNear } = aimed[t], amount = amounts[t];
    for (let p = line.parts.length - 1; p >= 0; p--) { // what is left of earlier years' money before all of it
      const { gain, share, more } = line.parts[p], [poorShare, nearShare] = share[t], [poorGain, nearGain] = more[t];
      for (let i = 0; i < n; i++) {
        const left = before[i] * persistence[i], households = p ? left : amount * households_per_bn[i] + left;
        const first = taken(households * to_poor[i], poor[i], toPoor[i], ceiling[i]), rest = households - first;
        const second = taken(rest * near_share[i], near[i], toNear[i], ceiling[i]);
        const times = first / Math.max(poor[i], AROUND), often = second / Math.max(near[i], AROUND);
        poorShare[i] = Math.min(times, 1);
        nearShare[i] = Math.min(often, 1);
        poorGain[i] = gain[i] * Math.max(times, 1);
        nearGain[i] = gain[i] * Math.max(often, 1);
        if (!p) before[i] = first + second + Math.min(rest - second, others[i]);
      }
    }
  });
}

const covers = new Float64Array(1024), gains = new Float64Array(1024); // of one draw, the best covered first

/** The parts of the money that reach a draw's households, in order; how many they are. */
function ordered({ shares, more, within }, i) {
  let count = 0;
  for (let part = 0; part < shares.length; part++) {
    const share = within[part] ? shares[part][i] * within[part][i] : shares[part][i];
    if (!share || !more[part][i]) continue;
    let k = count++;
    for (; k > 0 && covers[k - 1] < share; k--) {
      covers[k] = covers[k - 1];
      gains[k] = gains[k - 1];
    }
    covers[k] = share;
    gains[k] = more[part][i];
  }
  covers[count] = 0;
  return count;
}

/** Share that leaves from below a line: each step of nested reach, times whom its gains together take from there. */
function leaving(count, z, width, line, least, most, over) {
  let together = 0, sum = 0;
  for (let k = 0; k < count; k++) {
    together += gains[k];
    const share = covers[k] - covers[k + 1];
    if (!share || together <= over) continue;
    const stay = together < line ? below(z + ln(line - together) / width) : 0;
    sum += share * (most - Math.min(Math.max(stay, least), most));
  }
  return sum;
}

function moveThresholds(model, [zs, uppers], of_poor, of_near) {
  const { n, spread, log_ratio } = model, ratio = Math.exp(log_ratio), moved = [new Float64Array(n), uppers && new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const z = zs[i], poor = below(z), count = ordered(of_poor, i), lower = poor - leaving(count, z, spread[i], 1, 0, poor, 0);
    moved[0][i] = Math.max(z - probit(lower), 0);
    if (!uppers) continue;
    if (!log_ratio) { // both under one income line: money leaves their distance as it is
      moved[1][i] = moved[0][i];
      continue;
    }
    const upper = below(uppers[i]), band = log_ratio / Math.max(uppers[i] - z, AROUND);
    const jumped = leaving(count, z, spread[i], ratio, 0, poor, ratio - 1); // of the poor, over the whole band: rare
    const after = upper - jumped - leaving(ordered(of_near, i), z, band, ratio, poor, upper, 0);
    moved[1][i] = Math.max(uppers[i] - probit(Math.max(after, lower)), 0);
  }
  return moved;
}

/** How far money moves the thresholds of some groups: by group and year from the programme's first, [poor, upper] draws. */
function shift(model, people, cells, names) {
  const { first, years } = model, paid = [];
  model.lines.filter(({ does }) => does).forEach((line, l) => {
    const amounts = years.slice(first).map((year) => cells[line.id][year] ?? 0);
    if (!amounts.some((amount) => amount > 0)) return;
    spend(model, line, people.stocks[line.does.reserved ?? ""], people.aimed[l], amounts);
    paid.push(...line.parts.map((part) => ({ ...part, reserved: line.does.reserved })));
  });
  const of_group = (name) => people.levels[name].slice(first).map((levels, t) => {
    const mine = paid.filter(({ reserved }) => !reserved || name === "all" || reserved === name);
    const reach = (who) => {
      const parts = mine.map(({ share, more, reserved }) => {
        const within = reserved && name === "all" ? people.stocks[reserved][t].within[who] : null;
        let size = 0;
        for (let i = 0; i < 16 && i < model.n; i++) size += share[t][who][i] * (within ? within[i] : 1);
        return { size, share: share[t][who], more: more[t][who], within };
      });
      parts.sort((a, b) => b.size - a.size); // in nearly every draw the same order, which is then quickly put right
      return { shares: parts.map(({ share }) => share), more: parts.map(({ more }) => more), within: parts.map(({ within }) => within) };
    };
    return moveThresholds(model, levels, reach(0), reach(1));
  });
  return Object.fromEntries(names.map((name) => [name, of_group(name)]));
}

function added(z, step, times) {
  if (!z) return z;
  const sum = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) sum[i] = z[i] + times * step[i];
  return sum;
}

/** The groups without the plan, and what the plan does to them, under one additionality r. */
function bare(model, base, r, planned, names) {
  const { first } = model, every = Object.keys(base.levels);
  base.people ??= population(model, base.levels, base.households, planned);
  if (!r) return { people: base.people, plan: null };
  const moved = (base.moved ??= shift(model, base.people, planned, every));
  const levels = Object.fromEntries(every.map((name) => [name, base.levels[name].map(([poor, upper], t) =>
    t < first ? [poor, upper] : [0, 1].map((who) => added([poor, upper][who], moved[name][t - first][who], model.put_back * r)))]));
  const people = population(model, levels, base.households, planned);
  return { people, plan: shift(model, people, planned, names) };
}

function once(kept, kind, key, make) { // the last of each kind is kept: a drag of the money changes no counterfactual
  if (kept[kind]?.key !== key) kept[kind] = { key, value: make() };
  return kept[kind].value;
}

const meets = { "<": (x, limit) => x < limit, "<=": (x, limit) => x <= limit, ">": (x, limit) => x > limit, ">=": (x, limit) => x >= limit };
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];

function quantiles(values, shares) { // as numpy.quantile
  const ordered = values.slice().sort();
  return shares.map((share) => {
    const place = share * (ordered.length - 1), low = Math.floor(place), high = Math.min(low + 1, ordered.length - 1);
    return ordered[low] + (place - low) * (ordered[high] - ordered[low]);
  });
}

/** One case of additionality: chances by target and "both", quantiles by status and year, median households above. */
export function evaluate(model, setting, r, shown = model.targets.map(({ status }) => status)) {
  const { n, years, first, targets } = model, names = [...new Set(["all", ...targets.map(({ group }) => group)])];
  const place = JSON.stringify([setting.growth, setting.core, setting.moves, setting.shock]);
  const base = once(model.kept, "ground", place, () => ground(model, setting));
  const planned = once(model.kept, "planned", "", () => money(model, plan(model)).cells);
  const own = once(model.kept, `bare ${r === 1 || r === 0 ? r : ""}`, place + r, () => bare(model, base, r, planned, names));
  const moved = shift(model, own.people, money(model, setting).cells, names);
  const rates = {};
  for (const name of names)
    rates[name] = years.map((_, t) => {
      const [z, z_upper] = base.levels[name][t], now = moved[name][t - first], old = own.plan && own.plan[name][t - first];
      const found = { poor: new Float64Array(n), near_poor: z_upper && new Float64Array(n) };
      for (let i = 0; i < n; i++) {
        const by = (who) => (now ? now[who][i] - (old ? r * old[who][i] : 0) : 0);
        const poor = below(z[i] - by(0));
        found.poor[i] = 100 * poor;
        if (z_upper) found.near_poor[i] = 100 * (Math.max(below(z_upper[i] - by(1)), poor) - poor);
      }
      return found;
    });
  const chances = {}, above = {}, joint = new Uint8Array(n).fill(1), most = {}; // by status, left above by one target
  for (const { id, group, status, comparator, value, place } of targets) {
    const values = rates[group][place][status], over = new Float64Array(n);
    let met = 0;
    for (let i = 0; i < n; i++) {
      const hit = meets[comparator](values[i], value);
      met += hit;
      if (group !== "all") continue;
      if (!hit) joint[i] = 0;
      over[i] = (Math.max(values[i] - value, 0) / 100) * base.households[place][i];
    }
    chances[id] = met / n;
    if (group !== "all") continue;
    [above[id]] = quantiles(over, [0.5]);
    most[status] = most[status] ? most[status].map((households, i) => Math.max(households, over[i])) : over;
  }
  if (Object.keys(above).length) {
    chances.both = joint.reduce((sum, hit) => sum + hit, 0) / n;
    [above.both] = quantiles(Object.values(most).reduce((sum, households) => added(sum, households, 1)), [0.5]);
  }
  const bands = Object.fromEntries([...new Set(shown)].map((status) => [status, rates.all.map((found) => quantiles(found[status], SHARES))]));
  return { chances, above, bands };
}
