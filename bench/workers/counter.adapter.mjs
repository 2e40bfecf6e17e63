import * as Adapter from "troupe/adapter"

export default Adapter.define({
  threadSafe: true,
  setup: () => ({ add: (a, b) => a + b })
})
