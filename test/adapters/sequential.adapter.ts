import * as Adapter from "../../src/worker/Adapter.ts"
import { dispose, setup } from "./probe.ts"

/** The same methods, without a word about thread safety, set up asynchronously. */
export default Adapter.define({
  setup: async (context, options?: Parameters<typeof setup>[1]) => {
    await new Promise((resolve) => setTimeout(resolve, 0))
    return setup(context, options)
  },
  dispose
})
