import type { EntityRow } from '../../data/entities.ts'
import { useTexts } from '../../i18n/use-texts.ts'

interface EntityListProps {
  readonly rows: readonly EntityRow[]
  readonly chosen: string | undefined
  readonly onChoose: (name: string) => void
}

/** Entities as a table. */
export function EntityList({ rows, chosen, onChoose }: EntityListProps) {
  const { t, number } = useTexts()
  return (
    <table className="entities">
      <caption className="sr-only">{t('graph.entities')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('graph.name')}</th>
          <th scope="col">{t('graph.type')}</th>
          <th scope="col" className="end">
            {t('graph.relations')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, type, degree, snippet }) => (
          <tr key={name} data-chosen={name === chosen || undefined}>
            <th scope="row">
              <button
                type="button"
                className="entity-link"
                aria-current={name === chosen ? 'true' : undefined}
                onClick={() => onChoose(name)}
              >
                <bdi>{name}</bdi>
              </button>
              {snippet !== '' && <span className="small soft snippet">{snippet}</span>}
            </th>
            <td>
              <span className="badge">{type}</span>
            </td>
            <td className="end number">{number(degree)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
