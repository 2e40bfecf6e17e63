import * as Adapter from "troupe/adapter"

export default Adapter.define({
  setup: () => ({ greet: (name) => `Hello from a module, ${name}!` })
})
