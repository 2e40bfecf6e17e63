/**
 * What a worker does: Markdown in, HTML out. Plain code, no Effect and no worker boilerplate.
 */
import hljs from "highlight.js"
import { Marked } from "marked"
import { markedHighlight } from "marked-highlight"
import * as Adapter from "troupe/adapter"

/** A Markdown file, by its path inside the folder that is rendered. */
export interface Page {
  readonly file: string
  readonly markdown: string
}

/** The first top heading, if there is one, and the body as HTML. */
export interface Rendered {
  readonly title: string | undefined
  readonly html: string
}

const isRelative = (href: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/|#)/i.test(href)

export default Adapter.define({
  threadSafe: true,
  setup: (_context, options: { readonly gfm: boolean }) => {
    let title: string | undefined
    const slugs = new Map<string, number>()

    const marked = new Marked(
      { gfm: options.gfm },
      markedHighlight({
        langPrefix: "hljs language-",
        emptyLangClass: "hljs",
        highlight: (code, language) =>
          hljs.highlight(code, { language: hljs.getLanguage(language) ? language : "plaintext" }).value
      }),
      {
        // The pages keep their places next to each other, so a link to another page only changes its extension.
        walkTokens: (token) => {
          if (token.type === "link" && isRelative(token.href))
            token.href = token.href.replace(/\.md(?=$|[?#])/, ".html")
        },
        renderer: {
          heading({ depth, tokens }) {
            const text = this.parser
              .parseInline(tokens, this.parser.textRenderer)
              .replace(/<[^>]*>/g, "")
              .trim()
            if (depth === 1 && text !== "") title ??= text
            const slug =
              text
                .toLowerCase()
                .replace(/[^\p{L}\p{N}\s_-]/gu, "")
                .replace(/\s/g, "-") || "section"
            const seen = slugs.get(slug) ?? 0
            slugs.set(slug, seen + 1)
            const id = seen === 0 ? slug : `${slug}-${seen}`
            return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`
          }
        }
      }
    )

    return {
      render: (page: Page): Rendered => {
        title = undefined
        slugs.clear()
        const html = marked.parse(page.markdown, { async: false })
        return { title, html }
      }
    }
  }
})
