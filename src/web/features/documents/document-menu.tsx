import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { annotate, type DocumentRow, documentsKey } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { Icon } from '../../ui/icon.tsx'
import { problemText } from '../../ui/problem.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { useMay, usePlace } from '../../work/place.ts'
import { readerPath } from '../../work/reader-address.ts'
import { useServices } from '../../work/services.ts'

interface DocumentMenuProps {
  readonly row: DocumentRow
  readonly onDelete: () => void
}

/** What can be done with one document. */
export function DocumentMenu({ row, onDelete }: DocumentMenuProps) {
  const texts = useTexts()
  const { t } = texts
  const { http, address } = useServices()
  const place = usePlace()
  const may = useMay()
  const queries = useQueryClient()
  const toasts = useToasts()
  const { enabled = true } = row
  const change = useMutation({
    mutationFn: (next: boolean) => annotate(http, place, row.id, { enabled: next }),
    onSettled: () => queries.invalidateQueries({ queryKey: documentsKey(place) }),
    onError: (error) => toasts.show({ text: problemText(error, texts) }),
  })
  return (
    <MenuTrigger>
      <Button
        className="button quiet icon-only"
        aria-label={t('documents.actions', { name: row.file_path })}
      >
        <Icon name="more" />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu">
          <MenuItem className="menu-item" onAction={() => address.go(readerPath(row.id))}>
            <Icon name="book" />
            {t('documents.read')}
          </MenuItem>
          {may('document:update') ? (
            <MenuItem className="menu-item" onAction={() => change.mutate(!enabled)}>
              <Icon name={enabled ? 'stop' : 'check'} />
              {t(enabled ? 'documents.disable' : 'documents.enable')}
            </MenuItem>
          ) : null}
          {may('document:delete') ? (
            <MenuItem className="menu-item" onAction={onDelete}>
              <Icon name="trash" />
              {t('documents.delete')}
            </MenuItem>
          ) : null}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
