// Browsers start no worker for a page that was opened as a file. There, the search runs in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #waiting = [];
    #frame = document.createElement("iframe");
    #loaded = false;

    constructor(address) {
      super();
      const script = new URL(address, document.baseURI).href.replaceAll('"', "%22");
      this.#frame.hidden = true;
      this.#frame.srcdoc = `<script src="${script}"></` + "script>";
      this.#frame.addEventListener("load", () => this.#begin());
      document.body.append(this.#frame);
    }

    postMessage(data) {
      if (this.#loaded) this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
      else this.#waiting.push(data);
    }

    #begin() {
      this.#loaded = true;
      this.#frame.contentWindow.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.#waiting.splice(0).forEach((data) => this.postMessage(data));
    }
  };
}
