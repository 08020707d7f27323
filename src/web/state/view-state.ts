/** Values by the name of the filter, such as `status` → `failed`. */
export type Filters = Readonly<Record<string, readonly string[]>>

export interface Sort {
  readonly field: string
  readonly direction: 'asc' | 'desc'
}

export type UiValue = string | number | boolean

/** What somebody made of a page: all that its address can tell, and nothing of a tenant. */
export interface ViewState {
  /** Slug of the knowledge base that is looked at. */
  readonly currentKB?: string
  /** From 1. */
  readonly page?: number
  /** Where the page begins, in the words of the server. */
  readonly cursor?: string
  readonly pageSize?: number
  readonly filters?: Filters
  readonly sort?: Sort
  readonly viewMode?: string
  /** What else the page remembers: open panels, chosen columns. */
  readonly ui?: Readonly<Record<string, UiValue>>
}

export type ViewField = keyof ViewState

/** A change: a field that is undefined goes back to its default. */
export type ViewPatch = { readonly [Field in ViewField]?: ViewState[Field] | undefined }

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/
const MOST_VALUES = 200
const LONGEST_VALUE = 500
const LARGEST_PAGE = 1_000_000_000

/** How each field must look, wherever it was kept: an address and a storage are both outside. */
export const VIEW_FIELDS: {
  readonly [Field in ViewField]-?: (value: unknown) => ViewState[Field] | undefined
} = {
  currentKB: (value) => (typeof value === 'string' && NAME.test(value) ? value : undefined),
  page: (value) => count(value, LARGEST_PAGE),
  cursor: (value) => short(value, 1000),
  pageSize: (value) => count(value, 200),
  filters: filtersIn,
  sort: sortIn,
  viewMode: (value) => (typeof value === 'string' && NAME.test(value) ? value : undefined),
  ui: uiIn,
}

/** The fields of a value that are as they should be, and the names of those that are not. */
export function readView(value: unknown): { readonly view: ViewState; readonly dropped: string[] } {
  const dropped: string[] = []
  const view: Record<string, unknown> = {}
  if (!isRecord(value)) return { view, dropped: value === undefined ? [] : ['view'] }
  for (const [name, given] of Object.entries(value)) {
    const read = isViewField(name) ? VIEW_FIELDS[name](given) : undefined
    if (read === undefined) dropped.push(name)
    else view[name] = read
  }
  return { view, dropped }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isViewField(name: string): name is ViewField {
  return Object.hasOwn(VIEW_FIELDS, name)
}

function count(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
    ? value
    : undefined
}

function short(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : undefined
}

function filtersIn(value: unknown): Filters | undefined {
  if (!isRecord(value)) return undefined
  const found: Record<string, readonly string[]> = {}
  let values = 0
  for (const [name, list] of Object.entries(value)) {
    if (!NAME.test(name) || !Array.isArray(list)) return undefined
    const texts = list.filter((one): one is string => short(one, LONGEST_VALUE) !== undefined)
    values += texts.length
    if (texts.length !== list.length || values > MOST_VALUES) return undefined
    if (texts.length > 0) found[name] = texts
  }
  return found
}

function sortIn(value: unknown): Sort | undefined {
  if (!isRecord(value)) return undefined
  const { field, direction } = value
  if (typeof field !== 'string' || !NAME.test(field)) return undefined
  if (direction !== 'asc' && direction !== 'desc') return undefined
  return { field, direction }
}

function uiIn(value: unknown): ViewState['ui'] {
  if (!isRecord(value)) return undefined
  const entries = Object.entries(value)
  const good = entries.every(([name, one]) => {
    if (!NAME.test(name)) return false
    if (typeof one === 'number') return Number.isFinite(one)
    return typeof one === 'boolean' || (typeof one === 'string' && one.length <= LONGEST_VALUE)
  })
  return good && entries.length <= MOST_VALUES
    ? (Object.fromEntries(entries) as ViewState['ui'])
    : undefined
}
