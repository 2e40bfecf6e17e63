import adapter from "./counter.adapter.mjs"

const methods = adapter.setup()

self.onmessage = ({ data: [id, a, b] }) => self.postMessage([id, methods.add(a, b)])
