import { readdirSync, readFileSync } from "node:fs"
import * as fc from "fast-check"
import nunjucks from "nunjucks"
import { describe, expect, it } from "vitest"
import { check, count, of, template, type TemplateCounts } from "../../src/core/Weight.ts"

/** The part of the parser's tree that is walked. */
interface Node {
  readonly typename: string
  iterFields: (visit: (value: unknown) => void) => void
  readonly children?: ReadonlyArray<Node>
}

// the parser is part of the package, and missing in its types
const {
  lexer: _,
  nodes: __,
  parser
} = nunjucks as unknown as {
  readonly lexer: unknown
  readonly nodes: unknown
  readonly parser: { readonly parse: (source: string) => Node }
}

const named: Record<string, keyof TemplateCounts> = {
  Block: "blocks",
  Macro: "macros",
  Extends: "extends",
  Include: "includes"
}

/** What nunjucks' own parser finds. */
const parsed = (source: string): TemplateCounts => {
  const counts = { size: source.length, blocks: 0, macros: 0, extends: 0, includes: 0 }
  const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "typename" in value
  // some lists are a node's field and its children
  const seen = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one)
    if (!isNode(value) || seen.has(value)) return
    seen.add(value)
    const name = named[value.typename]
    if (name !== undefined) counts[name]++
    if (value.children !== undefined) visit(value.children)
    value.iterFields(visit)
  }
  visit(parser.parse(source))
  return counts
}

const folder = new URL("../../node_modules/govuk-frontend/dist/govuk/", import.meta.url)
const templates = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".njk"))

const blank = fc.stringMatching(/^[ \t\n]{0,12}$/)
const open = fc.constantFrom("{%", "{%-")
const close = fc.constantFrom("%}", "-%}")
const text = fc.stringMatching(/^[a-z<>="'/ {}\n]{0,30}$/).filter((part) => !/\{[{%#]|[}%#]\}|\{$/.test(part))
const quoted = fc.constantFrom('"page.html"', "'a.html'", '"%}"', '"{% block no %}"', "'it\\'s'", '"}}"')

const tag = (body: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(open, blank, body, blank, close).map(([open, before, body, after, close]) =>
    // a name that follows the mark at once is read as one word with it
    [open, before, body, after === "" ? " " : after, close].join("")
  )

/** Templates that every parser accepts; names are made unique, as blocks want them. */
const source: fc.Arbitrary<string> = fc
  .letrec<{ readonly part: string; readonly parts: string }>((tie) => ({
    parts: fc.array(tie("part"), { maxLength: 5, depthIdentifier: "nesting" }).map((parts) => parts.join("")),
    part: fc.oneof(
      { maxDepth: 3, depthIdentifier: "nesting" },
      text,
      fc.constantFrom("{# {% block no %} it's #}", "{{ name }}", "{{ '}}' }}", '{{ "{% include no %}" }}'),
      fc.constantFrom(
        "{% raw %}{% block no %}{{{% endraw %}",
        "{%- verbatim -%}{% include 'no' %}{% endverbatim %}",
        "{% set block = 1 %}",
        "{% if include %}x{% endif %}"
      ),
      tag(quoted.map((name) => `include ${name}`)),
      fc
        .tuple(tag(fc.constant("block NAME")), tie("parts"), tag(fc.constant("endblock")))
        .map((pieces) => pieces.join("")),
      fc
        .tuple(tag(fc.constant("macro NAME(a, b='%}')")), text, tag(fc.constant("endmacro")))
        .map((pieces) => pieces.join(""))
    )
  }))
  .parts.map((parts) => {
    let names = 0
    return parts.replaceAll("NAME", () => `n${names++}`)
  })

const counts: fc.Arbitrary<TemplateCounts> = fc.record({
  size: fc.nat({ max: 200_000 }),
  blocks: fc.nat({ max: 60 }),
  macros: fc.nat({ max: 30 }),
  extends: fc.nat({ max: 2 }),
  includes: fc.nat({ max: 40 })
})

describe("the tags of a template", () => {
  it(`are counted as nunjucks' parser counts them, in ${templates.length} real templates`, () => {
    expect(templates.length).toBeGreaterThan(50)
    const sum = { macros: 0, blocks: 0, includes: 0 }
    for (const file of templates) {
      const source = readFileSync(new URL(file, folder), "utf8")
      const found = count(source)
      expect([file, found]).toEqual([file, parsed(source)])
      sum.macros += found.macros
      sum.blocks += found.blocks
      sum.includes += found.includes
    }
    // the sample has some of each
    expect(Math.min(sum.macros, sum.blocks, sum.includes)).toBeGreaterThan(0)
  })

  it("are counted as the parser counts them, in templates of any shape", () => {
    fc.assert(
      fc.property(source, (source) => {
        expect(count(source)).toEqual(parsed(source))
      }),
      { numRuns: 2000 }
    )
  })

  it("are found whatever white space and marks are around them", () => {
    fc.assert(
      fc.property(open, blank, blank, close, (open, before, after, close) => {
        for (const [body, field] of [
          ["block a", "blocks"],
          ["def f(x)", "macros"],
          ["macro f(x)", "macros"],
          ['extends "a"', "extends"],
          ['include "a"', "includes"]
        ] as const) {
          const found = count(`${open}${before}${body}${after}${close}`)
          expect(found[field]).toBe(1)
          expect(found.blocks + found.macros + found.extends + found.includes).toBe(1)
        }
      })
    )
    expect(count("{%+ block a +%}").blocks).toBe(1)
    expect(count("{% blocks %}{% endblock %}{% included %}{% definition %}")).toMatchObject({ blocks: 0, includes: 0 })
  })

  it("are counted in one pass over any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(count(text).size).toBe(text.length)
      })
    )
    // each of these would take hours if some part were read again and again
    for (const piece of ["{%", "{{", "{#", "{% raw %}", "{% '", "{%" + " ".repeat(50), "{% raw %}{%   end", "\\'{{"]) {
      expect(count(piece.repeat(200_000)).blocks).toBe(0)
    }
  }, 20_000)
})

describe("the weight of a template", () => {
  it("lies between 1 and 5", () => {
    fc.assert(
      fc.property(fc.oneof(counts, source), (template_) => {
        const weight = template(template_)
        expect(weight).toBeGreaterThanOrEqual(1)
        expect(weight).toBeLessThanOrEqual(5)
      }),
      { numRuns: 2000 }
    )
  })

  it("grows with its length and with each kind of tag", () => {
    fc.assert(
      fc.property(counts, counts, (one, more) => {
        const sum = Object.fromEntries(
          Object.entries(one).map(([field, n]) => [field, n + more[field as keyof TemplateCounts]]) // its own fields
        ) as unknown as TemplateCounts // the same fields again
        for (const field of Object.keys(one) as ReadonlyArray<keyof TemplateCounts>) {
          expect(template({ ...one, [field]: sum[field] })).toBeGreaterThanOrEqual(template(one))
        }
        expect(template(sum)).toBeGreaterThanOrEqual(template(one))
      }),
      { numRuns: 2000 }
    )
  })

  it("is what the formula says", () => {
    const none = { size: 0, blocks: 0, macros: 0, extends: 0, includes: 0 }
    expect(template(none)).toBe(1)
    expect(template({ ...none, size: 5000 })).toBe(1)
    expect(template({ ...none, size: 10_000 })).toBe(1.5)
    expect(template({ ...none, blocks: 3 })).toBe(1)
    expect(template({ ...none, blocks: 5 })).toBeCloseTo(1.2)
    expect(template({ ...none, macros: 2 })).toBeCloseTo(1.4)
    expect(template({ ...none, extends: 2 })).toBe(1.5)
    expect(template({ ...none, includes: 2 })).toBeCloseTo(1.3)
    expect(template({ ...none, size: 1_000_000 })).toBe(5)
  })
})

describe("a weight", () => {
  it("is any finite positive number, and nothing else", () => {
    fc.assert(
      fc.property(fc.double(), fc.nat(), (weight, index) => {
        const weigh = () => of(() => weight)("anything", index)
        if (Number.isFinite(weight) && weight > 0) expect(weigh()).toBe(weight)
        else expect(weigh).toThrow(`Cannot weigh item ${index}: expected a finite positive number, received ${weight}`)
      })
    )
    expect(() => check(0, 3)).toThrow(RangeError)
  })
})
