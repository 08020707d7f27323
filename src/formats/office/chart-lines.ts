import { parseXml, type XmlHandler } from '../markup/parse-xml.ts'

interface Series {
  name: string
  readonly categories: Map<number, string>
  readonly values: Map<number, string>
}

type Place = 'title' | 'name' | 'categories' | 'values' | null

const PLACES: Readonly<Record<string, Place>> = {
  tx: 'name',
  cat: 'categories',
  xVal: 'categories',
  val: 'values',
  yVal: 'values',
}
/** Points of one chart; what it draws beside them is no text. */
const MOST_POINTS = 20_000

/** What a chart says: its title, then each category with the values of all series. */
export function chartLines(xml: string, maxDepth: number): string[] {
  const chart = new Chart()
  parseXml(xml, chart.handler(), maxDepth)
  return chart.lines()
}

class Chart {
  readonly #titles: string[][] = []
  readonly #series: Series[] = []
  #points = 0

  handler(): XmlHandler {
    let place: Place = null
    let inSeries = false
    let isValue = false
    let point = 0
    return {
      open: (name, { idx }) => {
        if (name === 'title') this.#titles.push([])
        if (name === 'title') place = 'title'
        if (name === 'ser') {
          inSeries = true
          this.#series.push({ name: '', categories: new Map(), values: new Map() })
        }
        if (inSeries && PLACES[name]) place = PLACES[name]
        if (name === 'pt') point = Number(idx) || 0
        isValue = name === 'v' || name === 't'
      },
      close: (name) => {
        if (name === 'ser') inSeries = false
        if (name === 'title' || PLACES[name])
          place = place === 'title' && name !== 'title' ? 'title' : null
        isValue = false
      },
      text: (text) => {
        if (isValue && place !== null) this.#take(place, point, text)
      },
    }
  }

  #take(place: Exclude<Place, null>, point: number, text: string): void {
    const series = this.#series.at(-1)
    if (place === 'title') this.#titles.at(-1)?.push(text)
    else if (series && place === 'name') series.name += text
    else if (series && this.#points++ < MOST_POINTS) {
      series[place === 'values' ? 'values' : 'categories'].set(point, text)
    }
  }

  lines(): string[] {
    const titles = this.#titles
      .map((words) => words.join(''))
      .filter((title) => title.trim() !== '')
    const points = new Map<number, string[]>()
    for (const { name, categories, values } of this.#series) {
      for (const [point, value] of values) {
        const known = points.get(point)
        const words = known ?? [categories.get(point) ?? '']
        words.push(name === '' ? value : `${name}: ${value}`)
        if (!known) points.set(point, words)
      }
    }
    const rows = [...points].sort(([one], [other]) => one - other)
    return [...titles, ...rows.map(([, words]) => rowLine(words))]
  }
}

function rowLine([category = '', ...values]: readonly string[]): string {
  const said = values.join('; ')
  return category === '' ? `- ${said}` : `- ${category}: ${said}`
}
