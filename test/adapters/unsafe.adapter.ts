import * as Adapter from "../../src/worker/Adapter.ts"

/** Does not say that it is thread safe. */
export default Adapter.define({
  setup: (_context, options: { readonly fails?: boolean; readonly disposed?: Int32Array }) => {
    if (options.fails === true) throw new TypeError("setup refuses")
    let running = 0
    let order = 0
    return {
      disposed: options.disposed,
      step: async () => {
        if (running++ > 0) throw new Error("two calls at once")
        await new Promise((resolve) => setTimeout(resolve, 1))
        running--
        return ++order
      }
    }
  },
  dispose: ({ disposed }) => {
    if (disposed !== undefined) Atomics.add(disposed, 0, 1)
  }
})
