import { readFile, writeFile } from "node:fs/promises"

/** Written long ago, for one caller at a time: reads its file, changes what it has read, and writes it back. */
export class Inventory {
  private readonly file: string

  constructor(file: string) {
    this.file = file
  }

  async add(item: string): Promise<number> {
    const items = await this.read()
    items[item] = (items[item] ?? 0) + 1
    await writeFile(this.file, JSON.stringify(items))
    return items[item]
  }

  async total(): Promise<number> {
    return Object.values(await this.read()).reduce((sum, count) => sum + count, 0)
  }

  private async read(): Promise<Record<string, number>> {
    // what this class has written
    return JSON.parse(await readFile(this.file, "utf8")) as Record<string, number>
  }
}
