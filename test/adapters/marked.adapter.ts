import * as Adapter from "../../src/worker/Adapter.ts"

/** A value that a line may fail to deliver. */
export interface Marked {
  readonly n: number
  readonly readable: boolean
}

/** Such values, into the worker and out of it. */
export default Adapter.define({
  threadSafe: true,
  setup: () => ({
    take: (value: Marked): number => value.n,
    length: (text: string): number => text.length,
    repeat: (text: string, times: number): string => text.repeat(times),
    give: (n: number, readable: boolean): Marked => ({ n, readable }),
    giveLater: async (n: number, readable: boolean): Promise<Marked> => ({ n, readable }),
    *items(readable: ReadonlyArray<boolean>): Generator<Marked> {
      for (const [n, one] of readable.entries()) yield { n, readable: one }
    },
    /** Asks a function; -1 when there is no answer. */
    ask: async (readable: boolean, f: (value: Marked) => Promise<Marked>): Promise<number> => {
      try {
        return (await f({ n: 1, readable })).n
      } catch {
        return -1
      }
    },
    /** Reads as far as it can; a failure is told by a last -1. */
    read: async (values: AsyncIterable<Marked>): Promise<string> => {
      const read: Array<number> = []
      try {
        for await (const { n } of values) read.push(n)
      } catch {
        read.push(-1)
      }
      return read.join()
    }
  })
})
