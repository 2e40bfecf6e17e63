import * as Adapter from "../../src/worker/Adapter.ts"

export default Adapter.define({
  setup: () => ({
    add: (a: number, b: number) => a + b,
    spin: (state: Int32Array) => {
      Atomics.store(state, 0, 1)
      for (;;);
    }
  })
})
