import * as Adapter from "../../src/worker/Adapter.ts"

/** What the conformance suite calls: one method per thing that can happen. */
export default Adapter.define({
  threadSafe: true,
  setup: (context, options?: { readonly greeting?: string }) => ({
    add: (a: number, b: number) => a + b,
    echo: <A>(value: A): A => value,
    greet: (name: string) => `${options?.greeting ?? "Hello"}, ${name}!`,
    worker: () => context.worker,
    later: async (value: number, millis: number) => {
      await new Promise((resolve) => setTimeout(resolve, millis))
      return value
    },
    count: function* (to: number) {
      for (let n = 1; n <= to; n++) yield n
    },
    fail: (message: string): number => {
      throw Object.assign(new RangeError(message, { cause: new TypeError("root") }), { code: "E_FAIL", _tag: "Broken" })
    }
  })
})
