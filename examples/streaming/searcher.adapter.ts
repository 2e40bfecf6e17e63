import * as Adapter from "troupe/adapter"

export interface Match {
  readonly line: number
  readonly text: string
}

export default Adapter.define({
  setup: () => ({
    /**
     * Finds lines while the text is still coming. What comes in and what goes out waits for each other: nothing is read
     * that nobody needs.
     */
    search: async function* (
      pattern: string,
      text: AsyncIterable<string>,
      onProgress: (lines: number) => void
    ): AsyncGenerator<Match> {
      const expression = new RegExp(pattern, "i")
      let rest = ""
      let line = 0
      for await (const part of text) {
        const lines = (rest + part).split("\n")
        rest = lines.pop() ?? ""
        for (const text of lines) {
          line++
          if (expression.test(text)) yield { line, text }
        }
        onProgress(line)
      }
      if (rest !== "" && expression.test(rest)) yield { line: line + 1, text: rest }
    }
  })
})
