import * as Adapter from "../../src/worker/Adapter.ts"
import { thrown, type ThrownKind } from "./thrown.ts"

/** What the tests of deaths, claims and hostile input call. */
export default Adapter.define({
  threadSafe: true,
  setup: () => ({
    add: (a: number, b: number) => a + b,
    /** Runs until `gate` is opened. */
    hold: async (gate: Int32Array) => {
      Atomics.add(gate, 1, 1)
      while (Atomics.load(gate, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      return 1
    },
    /** Counts its runs in shared memory. */
    mark: (counter: Int32Array, index: number) => Atomics.add(counter, index, 1) + 1,
    dies: async function* () {
      yield 1
      await new Promise((resolve) => setTimeout(resolve, 1))
      process.exit(4)
    },
    exit: (code: number): number => process.exit(code),
    crash: () =>
      new Promise<never>(() => {
        setTimeout(() => {
          throw new Error("uncaught")
        }, 0)
      }),
    echo: (value: unknown): unknown => value,
    /** Kills its worker with a value of any kind, which need not be one that can be cloned. */
    crashWith: (kind: ThrownKind) =>
      new Promise<never>(() => {
        setTimeout(() => {
          throw thrown(kind)
        }, 0)
      }),
    /** Throws outside of the call what the adapter itself catches there. */
    caught: () =>
      new Promise<string>((resolve) => {
        process.once("uncaughtException", ({ message }) => resolve(message))
        setTimeout(() => {
          throw new Error("caught")
        }, 0)
      }),
    unhandled: () =>
      new Promise<never>(() => {
        void Promise.reject(new Error("unhandled"))
      })
  })
})
