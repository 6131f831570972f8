// Asks for the server's token; the tab remembers it, and no address ever holds it.

const TOKEN_KEY = "vidclf-token";

class TokenForm {
  constructor(onToken) {
    this.input = el("input", {
      type: "password",
      id: "token",
      autocomplete: "off",
      required: true,
      "aria-describedby": "token-problem",
    });
    this.problem = el("p", { id: "token-problem", class: "hint" });
    const submitted = (event) => {
      event.preventDefault();
      keepInTab(TOKEN_KEY, this.input.value);
      this.node.hidden = true;
      onToken(this.input.value);
    };
    this.node = el(
      "form",
      { class: "panel token", hidden: true, onsubmit: submitted },
      el("label", { for: "token" }, "Token of this server"),
      el("div", { class: "line" }, this.input, el("button", { type: "submit", class: "main" }, "Connect")),
      this.problem,
    );
  }

  get kept() {
    return keptInTab(TOKEN_KEY);
  }

  ask(problem = "Whoever started the server knows it.") {
    keepInTab(TOKEN_KEY, "");
    this.problem.textContent = problem;
    this.input.value = "";
    this.node.hidden = false;
    requestAnimationFrame(() => this.input.focus()); // once it is in the page
  }
}

// Browsers that keep nothing throw.
function keepInTab(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    return;
  }
}

function keptInTab(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
