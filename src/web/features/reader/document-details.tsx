import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { annotate, type DocumentRow, documentsKey } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Problem } from '../../ui/problem.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useMay, usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'

/** What is known of a document, and what may be changed of it. */
export function DocumentDetails({ row }: { readonly row: DocumentRow }) {
  const { t, dateTime, bytes, number } = useTexts()
  const may = useMay()
  const { size, external_id: externalId, created_by_name: author, sha256, mime, revision } = row
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [
      t('documents.status'),
      t(`documents.status.${row.status === 'preprocessed' ? 'processing' : row.status}`),
    ],
    [t('reader.size'), size === null || size === undefined ? null : bytes(size)],
    [t('reader.length'), number(row.content_length)],
    [t('documents.chunks'), row.chunks_count === null ? null : number(row.chunks_count)],
    [t('reader.type'), mime],
    [t('reader.created'), dateTime(row.created_at)],
    [t('documents.updated'), dateTime(row.updated_at)],
    [t('reader.author'), author],
    [t('reader.externalId'), externalId],
    [t('reader.revision'), revision === undefined ? null : number(revision)],
    ...Object.entries(row.attributes ?? {}).map(([name, value]) => [name, said(value)] as const),
  ]
  return (
    <div className="stack details">
      {may('document:update') && <Tags row={row} />}
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        <Fact name={t('reader.id')} text={row.id} />
        {sha256 !== null && sha256 !== undefined && <Fact name="SHA-256" text={sha256} />}
        {row.track_id !== null && <Fact name={t('reader.track')} text={row.track_id} />}
      </dl>
    </div>
  )
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="row">
        <code className="truncate">{text}</code>
        <CopyButton text={text} />
      </dd>
    </div>
  )
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function Tags({ row }: { readonly row: DocumentRow }) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const queries = useQueryClient()
  const [text, setText] = useState((row.tags ?? []).join(', '))
  const save = useMutation({
    mutationFn: () => {
      const tags = text.split(',').map((one) => one.trim())
      return annotate(http, place, row.id, { tags: [...new Set(tags.filter((one) => one !== ''))] })
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: documentsKey(place) }),
  })
  return (
    <form
      className="stack tags-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <TextInput
        label={t('reader.tags')}
        hint={t('reader.tagsHint')}
        value={text}
        onChange={setText}
      />
      {save.error !== null && <Problem error={save.error} />}
      <div>
        <ActionButton
          type="submit"
          isBusy={save.isPending}
          isDisabled={text === (row.tags ?? []).join(', ')}
        >
          {t('reader.save')}
        </ActionButton>
      </div>
    </form>
  )
}
