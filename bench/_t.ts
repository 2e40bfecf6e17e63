import { rows as raw } from "/work/main/bench/rows/raw.ts"
import { rows as frames } from "/work/main/bench/rows/frames.ts"
import { rows as comlink } from "/work/main/bench/rows/comlink.ts"
import { rows as piscina } from "/work/main/bench/rows/piscina.ts"
import { rows as poolifier } from "/work/main/bench/rows/poolifier.ts"
import { rows as workerpool } from "/work/main/bench/rows/workerpool.ts"
import { rows as troupe } from "/work/main/bench/rows/troupe.ts"
for (const r of [...raw,...frames,...comlink,...piscina,...poolifier,...workerpool,...troupe]) {
  try {
  await Promise.race([new Promise((_, j) => setTimeout(j, 5000, new Error("timeout"))), (async () => {
  const o = await r.open()
  for (let k=0;k<3;k++) { await o.pipelined(5000,1000) }
  let t = performance.now(); const s = await o.pipelined(20000,1000); const d = performance.now()-t
  await o.roundtrip(1000); t = performance.now(); const s2 = await o.roundtrip(2000)
  console.log(r.name, s === 20000*20001/2, s2===2000*2001/2, (20000/d).toFixed(0)+"k/s", ((performance.now()-t)/2).toFixed(1)+"us")
  await o.close()})()])
  } catch (e) { console.log(r.name, String(e)) }
}
process.exit()
