// The findings view: everything that is worth knowing and no action.
let personByKey = null; // made when first needed

// The person with this email, in any case, or id; undefined where the plan has nobody.
function personOf(key) {
  if (!personByKey) {
    personByKey = new Map();
    for (let p = 0; p < plan.people.count; p++) personByKey.set(personKey(p).toLowerCase(), p);
  }
  return personByKey.get(key.toLowerCase());
}

const findingsView = {
  open: new Set(),
  total: () => plan.findings.count,
  name: (number) => (number === 1 ? "finding" : "findings"),
  select: (filter) => indexesWhere(plan.findings.count, (f) => filter.takesFinding(f)),
  expectedHeight: () => rowMeasures.rem * (rowMeasures.narrow ? 4 : 2.5) + 1,

  // The row's words are what can be pressed where the finding's person is in the plan.
  makeRow(finding) {
    const { text: words, subject, section, titles } = plan.findings;
    const person = personOf(text(subject[finding]));
    const sentence = make("span", "who", text(words[finding]));
    const toggle = person === undefined ? make("span", "toggle still", sentence) : makeButton("toggle", () => setFilters({ view: "people", person, query: "" }), sentence);
    const title = text(titles[section[finding]]).replace(/ \([\d,]+\)$|^[\d,]+ /, "");
    return make("div", "finding", toggle, make("span", "section", title));
  },
};
