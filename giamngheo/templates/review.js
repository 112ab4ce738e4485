(() => {
  const source = document.querySelector(".source"), bar = document.querySelector(".bar");
  const code = bar.querySelector("code"), left = bar.querySelector("p"), first = code.textContent;
  const vi = document.documentElement.lang === "vi", [group, point] = vi ? [".", ","] : [",", "."];
  const number = new RegExp(`^\\d{1,3}(\\${group}\\d{3})*(\\${point}\\d+)?$|^\\d+\\${point}\\d+$`);
  const plain = (field, text) => {
    if ("number" in field.dataset && number.test(text)) return text.replaceAll(group, "").replace(point, ".");
    const [, day, month, year] = (vi && "day" in field.dataset && /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)) || [];
    return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : text;
  };
  const stood = (field) =>
    field.options ? ([...field.options].find((option) => option.defaultSelected)?.value ?? "") : field.defaultValue;
  const changed = (card) => {
    const fields = [...card.querySelectorAll(".cell")], typed = fields.filter((field) => field.value.trim() !== stood(field));
    return card.classList.contains("new") && typed.length ? fields.filter((field) => field.value.trim()) : typed;
  };
  const quoted = (word) =>
    /^[\p{L}\p{N}.,=/:%_-]+$/u.test(word) ? word
      : /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
  const checked = (card, act) => Boolean(card.querySelector(`[data-act=${act}]`)?.checked);

  const key = `giamngheo ${location.pathname}`, made = bar.dataset.made;
  const stored = (act) => {
    try {
      return act(localStorage);
    } catch {
      return undefined; // a browser may keep nothing of a file
    }
  };
  let lost = false;
  const keep = () => {
    const cards = [...document.querySelectorAll(".proposal")]
      .map((card) => ({
        id: card.id, table: card.dataset.table, yes: checked(card, "yes"), drop: checked(card, "drop"),
        cells: Object.fromEntries(changed(card).map((field) => [field.name, field.value])),
      }))
      .filter((one) => one.yes || one.drop || Object.keys(one.cells).length);
    const kept = stored((store) => {
      if (cards.length) store.setItem(key, JSON.stringify({ made, cards }));
      else store.removeItem(key);
      return true;
    });
    lost = cards.length > 0 && !kept;
  };
  const add = (button) => {
    button.before(document.getElementById(button.dataset.form).content.cloneNode(true));
    return button.previousElementSibling;
  };
  const restore = () => {
    const kept = stored((store) => JSON.parse(store.getItem(key)));
    if (kept?.made !== made) return; // of proposals that a command has changed since
    for (const one of kept.cards) {
      const card = one.table ? add(document.querySelector(`[data-form="new-${one.table}"]`)) : document.getElementById(one.id);
      for (const field of card.querySelectorAll(".cell"))
        if (field.name in one.cells) field.value = one.cells[field.name];
      if (Object.keys(one.cells).length) card.classList.add("editing");
      for (const act of ["yes", "drop"]) {
        const tick = card.querySelector(`[data-act=${act}]`);
        if (tick) tick.checked = one[act];
      }
    }
  };

  const show = () => {
    const words = [], numbers = {};
    let doubts = 0, lacks = 0;
    for (const card of document.querySelectorAll(".proposal")) {
      const drop = checked(card, "drop"), isNew = card.classList.contains("new"), fields = changed(card);
      card.classList.toggle("dropped", drop);
      if (drop) {
        words.push("--drop", card.id);
        continue;
      }
      lacks += [...card.querySelectorAll(".lack .cell")].filter((field) => !fields.includes(field)).length;
      let name = card.id;
      if (isNew && fields.length) {
        const table = card.dataset.table;
        numbers[table] = (numbers[table] ?? Number(card.dataset.last)) + 1;
        name = `${table}.${numbers[table]}`;
      }
      for (const field of fields) words.push(`${name}.${field.name}=${plain(field, field.value.trim())}`);
      if (!card.querySelector("[data-act=yes]")) continue;
      if (checked(card, "yes")) words.push(name);
      else doubts += 1;
    }
    code.textContent = [first, ...words.map(quoted)].join(" ");
    keep();
    left.textContent = bar.dataset.left.replace("{doubts}", doubts).replace("{lacks}", lacks);
  };

  const lookAt = (name, place) => {
    for (const mark of source.querySelectorAll(".now")) mark.classList.remove("now");
    const marks = source.querySelectorAll(`[data-of~="${name}"]`);
    for (const mark of marks) mark.classList.add("now");
    const to = document.getElementById(place) ?? marks[0];
    if (to && getComputedStyle(source).overflowY === "auto")
      source.scrollTop = to.getBoundingClientRect().top - source.getBoundingClientRect().top + source.scrollTop - source.clientHeight / 3;
  };

  document.addEventListener("click", (event) => {
    const card = event.target.closest(".proposal"), link = event.target.closest("a[href^='#at-'], a[href^='#line-']");
    const button = event.target.closest("button");
    if (card || link) lookAt(card?.id, link?.hash.slice(1));
    if (link && getComputedStyle(source).overflowY === "auto") event.preventDefault();
    if (button?.dataset.act === "edit") {
      card.classList.toggle("editing");
      card.querySelector(".cell").focus();
    } else if (button?.dataset.act === "remove") {
      card.remove();
      show();
    } else if (button?.dataset.act === "add") {
      add(button).querySelector(".cell").focus();
      show();
    } else if (button?.dataset.act === "copy") {
      const picked = document.createRange();
      picked.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(picked);
      navigator.clipboard?.writeText(code.textContent).catch(() => document.execCommand("copy"));
    }
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest(".proposal");
    if (card) lookAt(card.id, `at-${card.id}-${event.target.name}`);
  });
  document.addEventListener("input", (event) => {
    const card = event.target.closest(".proposal"), yes = card?.querySelector("[data-act=yes]");
    if (yes && event.target.matches(".cell")) yes.checked = changed(card).length > 0;
    show();
  });
  addEventListener("beforeunload", (event) => lost && event.preventDefault());
  for (const act of document.querySelectorAll("[hidden]")) act.hidden = false;
  document.querySelector(".without").classList.remove("without");
  restore();
  show();
})();
