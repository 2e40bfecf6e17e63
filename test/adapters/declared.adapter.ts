import * as Adapter from "../../src/worker/Adapter.ts"
import { RemoteDenied } from "./declared.ts"

/** As plain code throws it, in the encoded form of `NotFound`. */
const notFound = (key: string, at: unknown): Error =>
  Object.assign(new Error(`no ${key}`), { _tag: "NotFound", key, at })

export default Adapter.define({
  setup: () => ({
    find: (key: string): string => {
      throw notFound(key, 1000)
    },
    findLater: async (key: string): Promise<string> => {
      throw notFound(key, 1000)
    },
    /** Not what the Schema wants. */
    findOddly: (key: string): string => {
      throw notFound(key, "yesterday")
    },
    open: (user: string): string => {
      throw new RemoteDenied({ user })
    },
    list: function* (): Generator<number, void, void> {
      yield 1
      throw notFound("the rest", 2000)
    }
  })
})
