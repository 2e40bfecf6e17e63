/**
 * Every test that docs/promises.md names is where the page says it is.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const page = new URL("../../docs/promises.md", import.meta.url)
const text = readFileSync(page, "utf8")

describe("the promises", () => {
  for (const section of text.split(/^## /m).slice(1)) {
    const [title = ""] = section.split("\n")
    it(`are held: ${title}`, () => {
      const named = [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)$/gm)]
      expect(named.length).toBeGreaterThan(2)
      for (const [, test = "", file = ""] of named) {
        const source = readFileSync(new URL(file, page), "utf8")
        // a title may go on with what differs between its rows
        expect(
          [`"${test}"`, `\`${test}`].some((start) => source.includes(start)),
          `${test} in ${file}`
        ).toBe(true)
      }
    })
  }

  it("are all there", () => {
    expect(text.match(/^## \d\. /gm)).toHaveLength(8)
  })
})
