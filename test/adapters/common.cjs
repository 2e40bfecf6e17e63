const Adapter = require("troupe/adapter")

module.exports = Adapter.define({ setup: async () => ({ add: (a, b) => a + b }) })
