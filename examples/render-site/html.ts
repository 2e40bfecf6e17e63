/**
 * The frame around a rendered page, and the list of all pages.
 */
import type { Page, Rendered } from "./renderer.adapter.ts"

const escapeHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/")

const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf("/")))

const nameOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1)

/** The place of a page in the site. */
export const pathOf = (page: Page): string => `pages/${page.file.replace(/\.md$/, ".html")}`

// Markdown may contain any HTML: the policy shows it, and lets none of it run.
const frame = (title: string, root: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'; object-src 'none'; frame-src 'none'">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${root}style.css">
</head>
<body>
${body}</body>
</html>
`

export const page = (page: Page & Rendered): string => {
  const root = "../".repeat(pathOf(page).split("/").length - 1)
  const folder = folderOf(page.file)
  const crumbs = [
    `<a href="${root}index.html">All pages</a>`,
    ...(folder === "" ? [] : [`<a href="${root}index.html#${encodeURIComponent(folder)}">${escapeHtml(folder)}</a>`]),
    `<span aria-current="page">${escapeHtml(nameOf(page.file))}</span>`
  ]
  return frame(
    page.title ?? page.file,
    root,
    `<nav aria-label="Breadcrumb">${crumbs.join(" › ")}</nav>\n<main>\n${page.html}</main>\n`
  )
}

export const index = (name: string, pages: ReadonlyArray<Page & Rendered>): string => {
  const folders = Map.groupBy(pages, (page) => folderOf(page.file))
  const sections = Array.from(folders, ([folder, pages]) => {
    const items = pages.map(
      (page) =>
        `<li><a href="${encodePath(pathOf(page))}">${escapeHtml(nameOf(page.file))}</a> ${escapeHtml(page.title ?? "")}</li>\n`
    )
    const heading = folder === "" ? "" : `<h2 id="${encodeURIComponent(folder)}">${escapeHtml(folder)}</h2>\n`
    return `${heading}<ul>\n${items.join("")}</ul>\n`
  })
  return frame(
    name,
    "",
    `<main class="index">\n<h1>${escapeHtml(name)}</h1>\n<p>${pages.length} pages</p>\n${sections.join("")}</main>\n`
  )
}
