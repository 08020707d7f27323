import type { GraphEngine } from './graph-engine.ts'

export interface Facts {
  readonly entities: readonly { readonly name: string; readonly told: string }[]
  readonly relations: readonly {
    readonly ends: readonly [string, string]
    readonly told: string
    readonly weight: number
  }[]
}

interface Said {
  readonly document: string | null
  name: string
  readonly told: string
}
interface Tied {
  readonly document: string | null
  a: string
  b: string
  readonly told: string
  readonly weight: number
}
interface Override {
  readonly told?: readonly string[]
  readonly weight?: number
}

/** What a graph should show: lists of what was said, and what persons said on top. */
export class GraphModel {
  #said: Said[] = []
  #tied: Tied[] = []
  #entityOverrides = new Map<string, Override>()
  #relationOverrides = new Map<string, Override>()

  insert(document: string, facts: Facts): void {
    this.#forget(document)
    const own = new Set(facts.entities.map(({ name }) => name))
    for (const { name, told } of facts.entities) this.#said.push({ document, name, told })
    for (const { ends, told, weight } of facts.relations) {
      for (const name of ends) {
        if (!own.has(name)) this.#said.push({ document, name, told })
        own.add(name)
      }
      this.#tied.push({ document, a: ends[0], b: ends[1], told, weight })
    }
    this.#settle()
  }

  remove(document: string): void {
    this.#forget(document)
    this.#settle()
  }

  create(name: string, told: string): void {
    if (!this.has(name)) this.#said.push({ document: null, name, told })
  }

  tie(a: string, b: string, told: string, weight: number): void {
    if (a === b || !this.has(a) || !this.has(b) || this.isTied(a, b)) return
    this.#tied.push({ document: null, a, b, told, weight })
  }

  edit(name: string, told: string | null): void {
    if (!this.has(name)) return
    if (told === null) this.#entityOverrides.delete(name)
    else this.#entityOverrides.set(name, { told: [told] })
  }

  weigh(a: string, b: string, weight: number | null): void {
    if (!this.isTied(a, b)) return
    if (weight === null) this.#relationOverrides.delete(key(a, b))
    else this.#relationOverrides.set(key(a, b), { weight })
  }

  /** Makes one entity another, which may be new. */
  move(from: string, to: string): void {
    if (from === to || !this.has(from)) return
    if (this.has(to)) this.#mergeEntities(from, to)
    else this.#moveOverride(this.#entityOverrides, from, to)
    const touching = this.#tied.filter(({ a, b }) => a === from || b === from)
    for (const { a, b } of touching) this.#moveTie(from, to, a === from ? b : a)
    for (const one of this.#said) if (one.name === from) one.name = to
    for (const one of this.#tied) {
      if (one.a === from) one.a = to
      if (one.b === from) one.b = to
    }
    this.#tied = this.#tied.filter(({ a, b }) => a !== b)
    this.#settle()
  }

  erase(name: string): void {
    this.#said = this.#said.filter((one) => one.name !== name)
    this.#tied = this.#tied.filter(({ a, b }) => a !== name && b !== name)
    this.#settle()
  }

  untie(a: string, b: string): void {
    this.#tied = this.#tied.filter((one) => key(one.a, one.b) !== key(a, b))
    this.#settle()
  }

  clear(): void {
    this.#said = []
    this.#tied = []
    this.#settle()
  }

  has(name: string): boolean {
    return (
      this.#said.some((one) => one.name === name) ||
      this.#tied.some(({ a, b }) => a === name || b === name)
    )
  }

  isTied(a: string, b: string): boolean {
    return this.#tied.some((one) => key(one.a, one.b) === key(a, b))
  }

  snapshot() {
    const names = new Set([
      ...this.#said.map(({ name }) => name),
      ...this.#tied.flatMap(({ a, b }) => [a, b]),
    ])
    const keys = new Set(this.#tied.map(({ a, b }) => key(a, b)))
    const degree = (name: string) => [...keys].filter((one) => one.split('~').includes(name)).length
    return {
      entities: [...names].sort().map((name) => [name, degree(name), this.#told(name)]),
      relations: [...keys].sort().map((one) => [one, this.#weight(one)]),
    }
  }

  #told(name: string): string[] {
    const said = this.#said.filter((one) => one.name === name).map(({ told }) => told)
    return unique(this.#entityOverrides.get(name)?.told ?? said)
  }

  #weight(one: string): number {
    const sum = this.#tied
      .filter(({ a, b }) => key(a, b) === one)
      .reduce((total, { weight }) => total + weight, 0)
    return this.#relationOverrides.get(one)?.weight ?? sum
  }

  #moveTie(from: string, to: string, other: string): void {
    if (other === to) this.#relationOverrides.delete(key(from, to))
    else if (this.isTied(to, other)) this.#mergeRelations(key(from, other), key(to, other))
    else this.#moveOverride(this.#relationOverrides, key(from, other), key(to, other))
  }

  #mergeEntities(from: string, to: string): void {
    const isSet = this.#entityOverrides.has(from) || this.#entityOverrides.has(to)
    const told = [...this.#told(to), ...this.#told(from)]
    this.#entityOverrides.delete(from)
    if (isSet) this.#entityOverrides.set(to, { told })
  }

  #mergeRelations(from: string, to: string): void {
    const isSet = this.#relationOverrides.has(from) || this.#relationOverrides.has(to)
    const weight = this.#weight(from) + this.#weight(to)
    if (isSet && this.#tied.some(({ a, b }) => key(a, b) === from)) {
      this.#relationOverrides.set(to, { weight })
    }
    this.#relationOverrides.delete(from)
    this.#tied = this.#tied.map((one) => (key(one.a, one.b) === from ? renamed(one, to) : one))
  }

  #moveOverride(overrides: Map<string, Override>, from: string, to: string): void {
    const override = overrides.get(from)
    overrides.delete(from)
    if (override) overrides.set(to, override)
  }

  #forget(document: string): void {
    this.#said = this.#said.filter((one) => one.document !== document)
    this.#tied = this.#tied.filter((one) => one.document !== document)
  }

  /** What a person said ends with the item. */
  #settle(): void {
    for (const name of [...this.#entityOverrides.keys()]) {
      if (!this.has(name)) this.#entityOverrides.delete(name)
    }
    const keys = new Set(this.#tied.map(({ a, b }) => key(a, b)))
    for (const one of [...this.#relationOverrides.keys()]) {
      if (!keys.has(one)) this.#relationOverrides.delete(one)
    }
  }
}

/** The same of an engine. */
export async function shown(engine: GraphEngine): Promise<ReturnType<GraphModel['snapshot']>> {
  const entities = await engine.entities()
  const relations = await engine.relations()
  return {
    entities: entities
      .map(({ name, degree, description }): [string, number, string[]] => [
        name,
        degree,
        unique(description.split('<SEP>')),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    relations: relations
      .map(({ source, target, weight }): [string, number] => [key(source, target), weight])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  }
}

function renamed(one: Tied, to: string): Tied {
  const [a = '', b = ''] = to.split('~')
  return { ...one, a, b }
}

function key(a: string, b: string): string {
  return [a, b].sort().join('~')
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').sort()
}
