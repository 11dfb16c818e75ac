// The chart: the groups that change most, as a table whose cells are drawn.
const MOST_BARS = 8;

function makeChartRow(group) {
  const { joins, leaves } = plan.groups;
  const name = makeButton("link group", () => setFilters({ view: "groups", group, person: -1, query: "" }), groupName(group));
  const head = make("th", "", name);
  head.scope = "row";
  const number = (kind, count) => make("td", `number ${kind}${count === 0 ? " none" : ""}`, count === 0 ? "0" : SIGNS[kind] + digits(count));
  return make("tr", "", head, number("remove", leaves[group]), make("td", "drawn", makeBars(group, MOST)), number("add", joins[group]), make("td", "number", membersPhrase(group)));
}

function makeChart() {
  const { joins, leaves } = plan.groups;
  const changing = indexesWhere(plan.groups.count, (g) => joins[g] + leaves[g] !== 0);
  if (changing.length === 0) return;
  const most = Array.from(changing).sort((a, b) => joins[b] + leaves[b] - joins[a] - leaves[a] || a - b).slice(0, MOST_BARS);
  const columns = ["Group", "Leave", "", "Join", "Members"].map((title) => {
    const head = make("th", "", title || make("span", "unseen", "Drawn"));
    head.scope = "col";
    return head;
  });
  const table = make("table", "", make("thead", "", make("tr", "", ...columns)), make("tbody", "", ...most.map(makeChartRow)));
  table.setAttribute("aria-labelledby", "chart-title");
  const chart = document.getElementById("chart");
  chart.append(table);
  if (changing.length > most.length) {
    chart.append(makeButton("link", () => setFilters({ view: "groups" }), `and ${counted(changing.length - most.length, "more group", "more groups")}: all in the groups view`));
  }
  chart.hidden = false;
}
