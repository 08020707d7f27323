import type { Neighbour } from '../../data/entities.ts'

interface NeighbourhoodProps {
  readonly name: string
  readonly neighbours: readonly Neighbour[]
}

const SIZE = { width: 340, height: 240 }
const MOST = 12
const LONGEST_NAME = 16

/** The entity among those it is tied to most; the list below says the same to whoever cannot see it. */
export function Neighbourhood({ name, neighbours }: NeighbourhoodProps) {
  const shown = neighbours.slice(0, MOST)
  const heaviest = Math.max(1, ...shown.map(({ relation }) => relation.weight))
  const middle = { x: SIZE.width / 2, y: SIZE.height / 2 }
  const places = shown.map((neighbour, i) => {
    const angle = (2 * Math.PI * i) / shown.length - Math.PI / 2
    return {
      neighbour,
      x: middle.x + Math.cos(angle) * (SIZE.width / 2 - 62),
      y: middle.y + Math.sin(angle) * (SIZE.height / 2 - 26),
    }
  })
  return (
    <svg
      className="neighbourhood"
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      aria-hidden="true"
      focusable="false"
    >
      {places.map(({ neighbour: { entity, relation }, x, y }) => (
        <line
          key={entity.name}
          x1={middle.x}
          y1={middle.y}
          x2={x}
          y2={y}
          strokeWidth={1 + (2 * relation.weight) / heaviest}
        />
      ))}
      {places.map(({ neighbour: { entity }, x, y }) => (
        <g key={entity.name}>
          <circle cx={x} cy={y} r={5} />
          <text x={x} y={y - 9} textAnchor="middle">
            {short(entity.name)}
          </text>
        </g>
      ))}
      <g className="own">
        <circle cx={middle.x} cy={middle.y} r={8} />
        <text x={middle.x} y={middle.y + 22} textAnchor="middle">
          {short(name)}
        </text>
      </g>
    </svg>
  )
}

function short(name: string): string {
  const signs = [...name]
  return signs.length > LONGEST_NAME ? `${signs.slice(0, LONGEST_NAME - 1).join('')}…` : name
}
