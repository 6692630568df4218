"use strict";

// Gives every table of some length a field to filter it and buttons to sort it. Without this script all rows are
// there, in the order in which they were written.
const FEW = 6;

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const valueOf = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.by ?? cell.textContent;
};

const compare = (one, other, isNumber) => {
  if (!isNumber) return one.localeCompare(other, "en");
  // What has no number stands below all that have one.
  return (one === "" ? -Infinity : Number(one)) - (other === "" ? -Infinity : Number(other));
};

// The headings of columns, below those that several share.
const headingsOf = (table) => [...[...table.tHead.rows].at(-1).cells];

const makeSortable = (table, rows, groups) => {
  const headings = headingsOf(table);
  headings.forEach((heading, column) => {
    if (heading.classList.contains("drawing") || heading.textContent === "") return;
    const button = element("button", { type: "button" }, ...heading.childNodes);
    heading.replaceChildren(button);
    const isNumber = heading.classList.contains("number");
    button.addEventListener("click", () => {
      const before = heading.ariaSort;
      const isDown = before ? before === "ascending" : isNumber;
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const order = (a, b) => compare(valueOf(a, column), valueOf(b, column), isNumber);
      rows.sort((a, b) => (isDown ? order(b, a) : order(a, b)));
      table.tBodies[0].append(...rows);
      // Rows in another order are in no group.
      groups.splice(0).forEach((group) => group.row.remove());
    });
  });
};

// Whether rows that did not change are left out.
const changedOnly = (table, rows) => {
  const column = headingsOf(table).findIndex((heading) => heading.classList.contains("changes"));
  const isSame = (row) => column >= 0 && row.cells[column].textContent === "unchanged";
  if (!rows.some(isSame) || rows.every(isSame)) return [];
  const select = element("input", { type: "checkbox", checked: true });
  const label = element("label", { className: "check" }, select, "changed only");
  return [{ label, select, isWanted: (row) => !select.checked || !isSame(row) }];
};

const choices = (table, rows) => {
  const headings = headingsOf(table);
  const columns = headings.flatMap((heading, column) => (heading.classList.contains("choice") ? [column] : []));
  return columns.flatMap((column) => {
    const values = [...new Set(rows.map((row) => row.cells[column].textContent))].sort();
    if (values.length < 2) return [];
    const options = ["any", ...values].map((value, at) => new Option(value || "(none)", at));
    const select = element("select", {}, ...options);
    const isWanted = (row) => {
      const at = Number(select.value);
      return at === 0 || row.cells[column].textContent === values[at - 1];
    };
    return [{ label: element("label", {}, headings[column].textContent, select), select, isWanted }];
  });
};

const makeFilterable = (table, rows, groups) => {
  const field = element("input", { type: "search", autocomplete: "off", spellcheck: false });
  const shown = element("output", {});
  shown.setAttribute("aria-live", "polite");
  const chosen = [...choices(table, rows), ...changedOnly(table, rows)];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const update = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const row of rows) {
      const isShown = words.every((word) => texts.get(row).includes(word)) && chosen.every((one) => one.isWanted(row));
      row.hidden = !isShown;
      number += isShown;
    }
    groups.forEach((group) => (group.row.hidden = group.rows.every((row) => row.hidden)));
    shown.textContent = number === rows.length ? `${number} rows` : `${number} of ${rows.length} rows`;
  };
  field.addEventListener("input", update);
  chosen.forEach((one) => one.select.addEventListener("change", update));
  const controls = element("div", { className: "controls" });
  controls.append(element("label", {}, "Filter", field), ...chosen.map((one) => one.label), shown);
  table.closest(".frame").before(controls);
  update();
};

for (const table of document.querySelectorAll("table.sift")) {
  const [rows, groups] = [[], []];
  for (const row of table.tBodies[0].rows) {
    if (row.className === "group") {
      groups.push({ row, rows: [] });
    } else {
      rows.push(row);
      groups.at(-1)?.rows.push(row);
    }
  }
  if (rows.length < FEW) continue;
  makeFilterable(table, rows, groups);
  makeSortable(table, rows, groups);
}

// What is folded on the screen is printed all the same.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => (one.open = true));
});
addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
