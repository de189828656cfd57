// A page of the workbook: draws the parts that the kernel sends, passes on what a visitor chooses.
// Every view has an address: choosing is going to an address. The same file serves JupyterLab and Voila (as a widget)
// and our own pages, where it speaks the kernel's channel itself and no other script is loaded.

const GONE = 4404; // the channel's word that the kernel has ended for good
const PATIENCE = 800; // milliseconds before a page says that an answer is on its way

function page(root, send) {
  let last = 0, waiting = null, pending = null, busy = false, slow = null;

  function ask(content) {
    content.number = ++last;
    clearTimeout(slow);
    slow = setTimeout(() => root.setAttribute("aria-busy", "true"), PATIENCE);
    busy = true;
    send(content);
  }
  function go(query, quick) {
    waiting = quick ? "replace" : "push";
    ask({ go: query, quick: Boolean(quick) });
  }
  // A lever that moves asks at once, then each time an answer has come, and once more when it has stopped.
  function soon(query) {
    if (busy) pending = query; else go(query, true);
  }

  function draw(told) {
    // Parts are differences: none may be left out, even when a newer question is already on its way.
    const newest = !told.number || told.number >= last;
    if (newest) { clearTimeout(slow); root.removeAttribute("aria-busy"); busy = false; }
    const held = document.activeElement;
    const where = held && root.contains(held) ? held.id || held.getAttribute("href") : null;
    if (told.progress) {
      const bar = root.querySelector("progress");
      if (bar) { bar.max = told.progress.total; bar.value = told.progress.ready; }
    }
    for (const [name, html] of Object.entries(told.parts || {})) {
      let part = root.querySelector(`[data-part="${name}"]`);
      if (!part) {
        part = document.createElement("div");
        part.className = "part"; part.id = `part-${name}`; part.dataset.part = name;
        root.append(part);
      }
      if (waiting === "replace" && held && held.type === "range" && part.contains(held)) { around(held, part, html); continue; }
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.innerHTML = html;
      part.querySelectorAll("details").forEach((one, n) => { if (open[n]) one.open = true; });
    }
    if (where && !root.contains(document.activeElement)) refocus(where);
    const dialog = root.querySelector("[data-dialog]");
    if (dialog && told.parts && told.parts.origin) dialog.querySelector("a, button").focus();
    if (told.title) { root.dataset.title = told.title; document.title = told.title; }
    if (told.query !== undefined && waiting && newest) {
      const change = waiting === "push" && told.query !== location.search ? "pushState" : "replaceState";
      if (document.body.dataset.kernel) history[change](null, "", told.query || location.pathname);
      waiting = null;
    }
    if (told.say) say(told.say);
    if (told.file) save(told.file);
    wire();
    leave();
    if (pending !== null && !busy) { const next = pending; pending = null; go(next, true); }
  }
  // A slider stays in the hand that moves it; what is told of the others and of all of them is drawn anew.
  function around(held, part, html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    for (const one of part.querySelectorAll(".lever, .reset")) {
      if (one.contains(held)) continue;
      const slider = one.querySelector("input");
      const its = slider ? fresh.content.getElementById(slider.id)?.closest(".lever") : fresh.content.querySelector(".reset");
      if (its) one.replaceWith(its);
    }
  }
  function refocus(where) {
    const same = [...root.querySelectorAll("a, button, input, select")].find((one) => one.id === where || one.getAttribute("href") === where);
    if (same) same.focus();
  }
  function say(words) {
    const part = root.querySelector('[data-part="said"]');
    part.innerHTML = "";
    part.append(Object.assign(document.createElement("p"), { className: "said", textContent: words }));
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { part.innerHTML = ""; }, 8000);
  }
  function save({ name, type, base64 }) {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const link = Object.assign(document.createElement("a"), { download: name, href: URL.createObjectURL(new Blob([bytes], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function query(form, resets) {
    const dropped = (resets || "").split(" "), pairs = [];
    for (const one of form.elements) {
      if (!one.name || one.value === "" || dropped.includes(one.name)) continue;
      if (one.type === "range") {
        // The browser rounds a slider to its steps: only what somebody has moved is a choice.
        if (one.dataset.changed === undefined) continue;
        if (Math.abs(one.value - one.dataset.usual) < one.step / 2) continue;
      }
      pairs.push([one.name, (one.dataset.times || "") + one.value]);
    }
    return "?" + new URLSearchParams(pairs);
  }
  function values(form) {
    return form ? Object.fromEntries(new FormData(form)) : {};
  }

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]"), button = event.target.closest("button");
    if (link && link.getAttribute("href").startsWith("?") && !event.ctrlKey && !event.metaKey && event.button === 0) {
      event.preventDefault();
      go(link.getAttribute("href"));
    } else if (button && button.dataset.do) {
      event.preventDefault();
      const form = button.closest("form");
      if (form && !form.reportValidity()) return;
      waiting = "push";
      ask({ do: button.dataset.do, values: { ...values(form), ...button.dataset } });
    } else if (button && button.dataset.sort) sort(button);
    else if (button && button.dataset.print !== undefined) print();
    else if (button && button.dataset.copy !== undefined) copy();
    else if (button && button.dataset.themeSwitch !== undefined) switchTheme();
  });
  root.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.dataset.go !== undefined && event.target.type !== "range") go(query(form, event.target.dataset.resets));
  });
  root.addEventListener("input", (event) => {
    if (event.target.type !== "range") return;
    event.target.dataset.changed = "";
    const shown = root.querySelector(`output[for="${event.target.id}"]`);
    if (shown) shown.value = (shown.dataset.before || "") + Number(event.target.value).toLocaleString("ru-RU");
    const form = event.target.form;
    if (form && form.dataset.go !== undefined) soon(query(form));
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.go !== undefined) go(query(form));
  });
  root.addEventListener("keydown", (event) => {
    const close = root.querySelector("[data-close]");
    if (event.key === "Escape" && close) close.click();
  });

  function sort(button) {
    const head = button.closest("th"), table = head.closest("table"), body = table.tBodies[0];
    const column = [...head.parentNode.children].indexOf(head);
    const down = head.getAttribute("aria-sort") !== "descending" && button.dataset.sort === "number"
      || button.dataset.sort === "text" && head.getAttribute("aria-sort") === "ascending";
    head.parentNode.querySelectorAll("[aria-sort]").forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.children[column].dataset.key;
    const order = button.dataset.sort === "number" ? (a, b) => key(a) - key(b) : (a, b) => key(a).localeCompare(key(b), "ru");
    body.append(...[...body.rows].sort((a, b) => (down ? order(b, a) : order(a, b))));
  }
  async function copy() {
    try { await navigator.clipboard.writeText(location.href); say("Ссылка на этот вид скопирована"); }
    catch { say(`Ссылка на этот вид: ${location.href}`); }
  }
  function switchTheme() {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("nms-theme", document.documentElement.dataset.theme); } catch { /* a closed browser keeps nothing */ }
  }
  // A block that scrolls sideways can be reached by keyboard only where it does.
  function wire() {
    root.querySelectorAll(".scroll").forEach((one) => {
      if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0; else one.removeAttribute("tabindex");
    });
  }
  // Where a password is asked for, the server tells where to give it back.
  function leave() {
    const address = document.body.dataset.logout, tools = root.querySelector(".tools");
    if (address && tools && !tools.querySelector("[data-logout]")) {
      const link = Object.assign(document.createElement("a"), { className: "button", href: address, textContent: "выйти" });
      link.dataset.logout = "";
      tools.append(link);
    }
  }
  addEventListener("popstate", () => { if (document.body.dataset.kernel) { waiting = null; ask({ go: location.search }); } });
  wire();
  leave();
  return { draw, say, ask };
}

// Our own pages: the kernel's channel, comm messages alone (Jupyter messaging protocol 5).
function connect(root) {
  const { kernel, base } = document.body.dataset, session = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
  const address = `${location.origin.replace(/^http/, "ws")}${base}api/kernels/${kernel}/channels?session_id=${session}`;
  let channel = null, queue = [], tries = 0, ended = false, asked = false, shown = null;

  function send(content) {
    const message = {
      header: { msg_id: `${session}-${content.number}`, msg_type: "comm_msg", username: "", session, date: new Date().toISOString(), version: "5.3" },
      parent_header: {}, metadata: {}, buffers: [], channel: "shell",
      content: { comm_id: root.dataset.comm, data: { method: "custom", content } },
    };
    if (channel && channel.readyState === WebSocket.OPEN) channel.send(JSON.stringify(message)); else queue.push(message);
  }
  function open() {
    channel = new WebSocket(address);
    channel.onopen = () => { tries = 0; root.dataset.ready = "true"; if (!asked) { asked = true; shown.ask({ ready: true }); } queue.splice(0).forEach((one) => channel.send(JSON.stringify(one))); };
    channel.onmessage = ({ data }) => {
      if (typeof data !== "string") return;
      const { header: { msg_type }, content } = JSON.parse(data);
      if (msg_type === "comm_msg" && content.comm_id === root.dataset.comm && content.data.method === "custom") shown.draw(content.data.content);
      if (msg_type === "status" && (content.execution_state === "dead" || content.execution_state === "restarting")) lost();
    };
    channel.onclose = ({ code }) => { delete root.dataset.ready; if (!ended) code === GONE || ++tries > 4 ? lost() : setTimeout(open, 300 * 2 ** tries); };
  }
  function lost() {
    if (ended) return;
    ended = true;
    const part = root.querySelector('[data-part="card"]') || root;
    const card = document.createElement("section");
    card.className = "card refused"; card.setAttribute("role", "alert");
    card.innerHTML = '<h2>Связь с расчётом прервалась</h2><dl><dt>Кто исправит</dt><dd>вы сами</dd><dt>Как</dt><dd>Откройте страницу ещё раз: вид сохранён в её адресе</dd><dt>Код для поддержки</dt><dd>НМС-СВЯЗЬ</dd></dl><p><a class="button strong">Открыть ещё раз</a></p>';
    card.querySelector("a").href = location.href;
    part.prepend(card);
    card.scrollIntoView();
    card.querySelector("a").focus();
  }
  addEventListener("pagehide", (event) => {
    if (event.persisted) return;
    ended = true;
    navigator.sendBeacon(`${base}voila/api/shutdown/${kernel}`);
  });
  // A page that comes back from the browser's memory has no kernel any more.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  try { const kept = localStorage.getItem("nms-theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* nothing kept */ }
  shown = page(root, send);
  document.title = root.dataset.title || document.title;
  open();
}

function start() {
  const root = document.querySelector(".nms-page");
  if (root && document.body.dataset.kernel) connect(root);
}
if (typeof document !== "undefined" && document.body && document.body.dataset.kernel) start();

// JupyterLab and plain Voila: the channel is the widget's own.
export default {
  render({ model, el }) {
    el.innerHTML = '<div class="nms-page"><div class="part" data-part="card"><p class="loading">Открываю…</p></div><div class="part" data-part="said" role="status"></div></div>';
    const root = el.firstElementChild, shown = page(root, (content) => model.send(content));
    model.on("msg:custom", (told) => shown.draw(told));
    shown.ask({ all: true });
  },
};
