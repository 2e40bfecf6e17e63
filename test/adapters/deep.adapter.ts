import * as Adapter from "../../src/worker/Adapter.ts"

/** A list in a list in a list, and so on. */
export type Nested = ReadonlyArray<Nested>

/** Makes a list that is `depth` deep. */
export const nested = (depth: number): Nested => {
  let list: Nested = []
  for (let level = 1; level < depth; level++) list = [list]
  return list
}

/** How deep is it? */
export const depthOf = (list: Nested): number => {
  let depth = 1
  for (let inside = list[0]; inside !== undefined; inside = inside[0]) depth++
  return depth
}

/** Values of any depth, out of the worker and into it. */
export default Adapter.define({
  threadSafe: true,
  setup: () => ({
    give: (depth: number): Nested => nested(depth),
    take: (list: Nested): number => depthOf(list),
    *items(depths: ReadonlyArray<number>): Generator<Nested> {
      for (const depth of depths) yield nested(depth)
    },
    /** Gives deep arguments to a function of the main side, or gets deep answers; a failure is a number as well. */
    ask: async (depth: number, f: (list: Nested, deep: number) => Promise<Nested>, answer: number): Promise<number> => {
      try {
        return depthOf(await f(nested(depth), answer))
      } catch {
        return -1
      }
    },
    read: async (lists: AsyncIterable<Nested>): Promise<number> => {
      let deepest = 0
      try {
        for await (const list of lists) deepest = Math.max(deepest, depthOf(list))
      } catch {
        return -1
      }
      return deepest
    }
  })
})
