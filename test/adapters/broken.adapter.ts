import * as Adapter from "../../src/worker/Adapter.ts"

/** Cannot be set up, in the way that its options ask for. */
export default Adapter.define({
  setup: async (_context, how: "throws" | "number" | "reserved"): Promise<object> => {
    if (how === "throws") throw new RangeError("no database")
    // what an adapter in JavaScript may do although the types forbid it
    if (how === "number") return 1 as unknown as object
    return { pipe: () => 1 }
  }
})
