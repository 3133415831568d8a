'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const PAGE = 30;
const rows = new Map(data.rows.map(r => [r[0], r]));
const store = 'softlabel audit ' + data.rows.length + ' ' + data.issues.length + ' ' + location.pathname;
// By picture: '' to keep it, 'drop', or the name of another class with '=' before it.
let decisions = new Map();
try {
  decisions = new Map(JSON.parse(localStorage.getItem(store) || '[]').filter(d => rows.has(d[0])));
} catch (e) { /* Without storage, decisions last as long as the page. */ }
let issues = data.issues;
let page = 0;
let current = 0;

const byId = id => document.getElementById(id);
const kinds = [...new Set(data.issues.map(i => i.issue))];
for (const kind of ['', ...kinds]) {
  const option = document.createElement('option');
  option.value = kind;
  const n = kind === '' ? data.issues.length : data.issues.filter(i => i.issue === kind).length;
  option.textContent = (kind === '' ? 'all' : kind) + ' (' + n + ')';
  byId('kind').append(option);
}

function element(name, text, parent) {
  const e = document.createElement(name);
  e.textContent = text;
  parent.append(e);
  return e;
}

function picture(path, parent) {
  if (data.pictures[path]) {
    const img = element('img', '', parent);
    img.src = 'data:image/jpeg;base64,' + data.pictures[path];
    img.alt = path;
  }
}

// Of several labels, none are a separator alone.
const named = label => label === data.separator ? 'no label' : label;
if (data.separator) byId('how').textContent += " --label-separator '" + data.separator + "'";

const percent = v => (100 * v).toFixed(1) + ' %';

function decide(issue, decision) {
  decisions.set(issue.path, decision);
  try {
    localStorage.setItem(store, JSON.stringify([...decisions]));
  } catch (e) { /* As above. */ }
  draw();
}

const relabelling = issue => '=' + (issue.issue === 'label' ? issue.suggestion : issue.predicted);
const suggested = issue => issue.suggestion === 'drop' ? 'drop' : '=' + issue.suggestion;

function draw() {
  const shown = issues.slice(page * PAGE, (page + 1) * PAGE);
  const pages = Math.max(1, Math.ceil(issues.length / PAGE));
  current = Math.max(0, Math.min(current, shown.length - 1));
  byId('place').textContent = 'page ' + (page + 1) + ' of ' + pages;
  byId('count').textContent = decisions.size + ' decided';
  const list = byId('list');
  // The list is drawn anew: the focus goes to the same button of the current picture.
  const focused = list.contains(document.activeElement) ?
    [...document.activeElement.parentNode.querySelectorAll('button')].indexOf(document.activeElement) : -1;
  list.textContent = '';
  shown.forEach((issue, i) => {
    const item = document.createElement('li');
    const decision = decisions.get(issue.path);
    if (i === current) {
      item.classList.add('current');
      item.setAttribute('aria-current', 'true');
    }
    if (decision === 'drop') item.classList.add('drop');
    if (decision && decision !== 'drop') item.classList.add('relabel');
    picture(issue.path, item);
    if (issue.other) picture(issue.other, item);
    element('p', issue.path + (issue.other ? ' repeats ' + issue.other : '') + ' (' + issue.part + ')', item);
    element('p', issue.issue + ', score ' + issue.score.toFixed(3) + ': labelled ' + named(issue.label) + ' (' +
      percent(issue.label_probability) + '), predicted ' + named(issue.predicted) + ' (' + percent(issue.confidence) + ')', item);
    const said = decision === undefined ? 'undecided' : decision === '' ? 'keep' :
      decision === 'drop' ? 'drop' : 'relabel ' + named(decision.slice(1));
    element('p', said, item).className = 'decision';
    const choices = [['Keep', ''], ['Relabel ' + named(relabelling(issue).slice(1)), relabelling(issue)], ['Drop', 'drop']];
    for (const [text, chosen] of choices) {
      element('button', text, item).onclick = () => {
        current = i;
        decide(issue, chosen);
      };
    }
    list.append(item);
  });
  if (focused >= 0 && shown.length > 0) list.children[current].querySelectorAll('button')[focused].focus();
}

function turn(by) {
  const pages = Math.max(1, Math.ceil(issues.length / PAGE));
  page = Math.max(0, Math.min(pages - 1, page + by));
  current = 0;
  draw();
}

function labels() {
  const field = f => /[",\r\n]|^\s|\s$/.test(f) ? '"' + f.replaceAll('"', '""') + '"' : f;
  const lines = ['path,label,split,weight,group'];
  for (const row of data.rows) {
    const decision = decisions.get(row[0]);
    if (decision === 'drop') continue;
    const out = [...row];
    if (decision) out[1] = decision.slice(1);
    lines.push(out.map(field).join(','));
  }
  return lines.join('\n') + '\n';
}

byId('kind').onchange = () => {
  const kind = byId('kind').value;
  issues = data.issues.filter(i => kind === '' || i.issue === kind);
  page = 0;
  current = 0;
  draw();
};
byId('previous').onclick = () => turn(-1);
byId('next').onclick = () => turn(1);
byId('take').onclick = () => {
  for (const issue of issues.slice(page * PAGE, (page + 1) * PAGE)) decide(issue, suggested(issue));
};
byId('save').onclick = () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([labels()], {type: 'text/csv'}));
  link.download = 'labels.csv';
  link.click();
};
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.tagName === 'SELECT') return;
  const issue = issues[page * PAGE + current];
  const last = Math.min(PAGE, issues.length - page * PAGE) - 1;
  const then = decision => { decide(issue, decision); current = Math.min(last, current + 1); draw(); };
  if (e.key === 'k' && issue) then('');
  else if (e.key === 'r' && issue) then(relabelling(issue));
  else if (e.key === 'd' && issue) then('drop');
  else if (e.key === 'ArrowRight' || e.key === 'ArrowDown') { current = Math.min(last, current + 1); draw(); }
  else if (e.key === 'ArrowLeft' || e.key === 'ArrowUp') { current = Math.max(0, current - 1); draw(); }
  else if (e.key === 'n') turn(1);
  else if (e.key === 'p') turn(-1);
  else return;
  e.preventDefault();
  const item = document.querySelector('.current');
  if (item) item.scrollIntoView({block: 'nearest'});
});
draw();
