const Adapter = require("troupe/adapter")

module.exports = Adapter.define({
  setup: () => ({ greet: (name) => `Hello from CommonJS, ${name}!` })
})
