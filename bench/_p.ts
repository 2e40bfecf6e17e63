import { rows } from "./rows/index.ts"
for (const name of ["troupe", "troupe, concurrency 1000"]) {
const row = rows.find((r) => r.name === name)!
const o = await row.open()
const t0 = performance.now()
for (let i = 0; i < 20; i++) { const t = performance.now(); await o.pipelined(40000, 1000); process.stdout.write(Math.round(40000 / (performance.now() - t)) + " ") }
console.log()
await o.close()
}
process.exit()
