import {
  type Filters,
  readView,
  type UiValue,
  type ViewField,
  type ViewState,
} from './view-state.ts'

/** A longer query is no address to hand on: a snapshot is offered instead. */
export const LONGEST_QUERY = 1500

/** Fields by their names in an address. */
const NAMES: Readonly<Record<string, ViewField>> = {
  cursor: 'cursor',
  filters: 'filters',
  kb: 'currentKB',
  page: 'page',
  pageSize: 'pageSize',
  sort: 'sort',
  ui: 'ui',
  view: 'viewMode',
}

/** A view as the query of an address, fields in the order of their names, those at their default left out. */
export function toQuery(view: ViewState, defaults: ViewState = {}): string {
  const parts: string[] = []
  for (const name of Object.keys(NAMES).sort()) {
    const field = NAMES[name] as ViewField
    const written = writtenValue(view, field)
    if (written === '' || written === writtenValue(defaults, field)) continue
    parts.push(`${name}=${written}`)
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

export interface ReadQuery {
  /** Only what the query names. */
  readonly view: ViewState
  /** Names of fields that are unknown or malformed. */
  readonly dropped: readonly string[]
}

/** What the query of an address says, and which of its fields say nothing. */
export function fromQuery(query: string): ReadQuery {
  const raw: Record<string, unknown> = {}
  const dropped: string[] = []
  for (const part of query.replace(/^\?/, '').slice(0, 20_000).split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = at < 0 ? part : part.slice(0, at)
    const field = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    if (field === undefined) dropped.push(decoded(name) ?? name)
    else raw[field] = readValue(field, part.slice(at + 1))
  }
  const { view, dropped: malformed } = readView(raw)
  return { view, dropped: [...dropped, ...malformed.map(nameOf)] }
}

function nameOf(field: string): string {
  return Object.entries(NAMES).find(([, one]) => one === field)?.[0] ?? field
}

function writtenValue(view: ViewState, field: ViewField): string {
  if (field === 'filters') return writtenFilters(view.filters)
  if (field === 'ui') return writtenUi(view.ui)
  if (field === 'sort') {
    return view.sort === undefined ? '' : `${encoded(view.sort.field)}:${view.sort.direction}`
  }
  const value = view[field]
  return value === undefined ? '' : encoded(String(value))
}

function writtenFilters(filters: Filters = {}): string {
  return Object.keys(filters)
    .sort()
    .flatMap((name) => filters[name]?.map((value) => `${encoded(name)}:${encoded(value)}`) ?? [])
    .join(',')
}

function writtenUi(ui: ViewState['ui'] = {}): string {
  const entries = Object.entries(ui).sort(([one], [other]) => (one < other ? -1 : 1))
  return entries
    .map(([name, value]) => `${encoded(name)}:${encoded(writtenUiValue(value))}`)
    .join(',')
}

/** Texts say so, that `1` and `true` come back as what they were. */
function writtenUiValue(value: UiValue): string {
  return typeof value === 'string' ? `'${value}` : String(value)
}

function readValue(field: ViewField, text: string): unknown {
  if (field === 'page' || field === 'pageSize') return Number(decoded(text) ?? Number.NaN)
  if (field === 'filters')
    return readPairs<string[]>(text, (values = [], value) => [...values, value])
  if (field === 'ui') return readPairs(text, (_, value) => readUiValue(value))
  if (field === 'sort') {
    const [name = '', direction = ''] = text.split(':')
    return { field: decoded(name), direction }
  }
  return decoded(text)
}

/** `name:value` pairs; undefined when one of them is none. */
function readPairs<Value>(
  text: string,
  add: (before: Value | undefined, value: string) => Value,
): Record<string, Value> | undefined {
  const found = new Map<string, Value>()
  for (const pair of text === '' ? [] : text.split(',')) {
    const at = pair.indexOf(':')
    const name = at < 1 ? undefined : decoded(pair.slice(0, at))
    const value = decoded(pair.slice(at + 1))
    if (name === undefined || value === undefined) return undefined
    found.set(name, add(found.get(name), value))
  }
  return Object.fromEntries(found)
}

function readUiValue(text: string): UiValue {
  if (text.startsWith("'")) return text.slice(1)
  if (text === 'true' || text === 'false') return text === 'true'
  return Number(text)
}

/** For a value of a query: also where half of a pair of surrogates was typed. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
