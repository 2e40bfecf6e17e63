import * as Adapter from "troupe/adapter"

/** Runs inside the workers: plain code, set up once in each. */
export default Adapter.define({
  setup: (_context, options: { readonly shortest: number }) => {
    const word = new RegExp(`\\p{Letter}{${options.shortest},}`, "gu")
    return {
      words: (text: string) => text.match(word)?.length ?? 0
    }
  }
})
