import { Menu } from '@base-ui/react/menu';
import { saveForSpreadsheet, takeFileBack, type SheetItems } from '../stores/spreadsheet.ts';
import { Button } from './button.tsx';
import './menu.css';

/** Items out to a spreadsheet, and back. @param items Which of the open run */
export function SpreadsheetMenu({ items }: { items: SheetItems }) {
  return (
    <Menu.Root>
      <Menu.Trigger render={<Button small>Spreadsheet…</Button>} />
      <Menu.Portal>
        <Menu.Positioner className="menu-place" align="end">
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item" onClick={() => void saveForSpreadsheet(items, 'xlsx')}>
              Save for a spreadsheet
            </Menu.Item>
            <Menu.Item className="menu-item" onClick={() => void saveForSpreadsheet(items, 'csv')}>
              Save as CSV
            </Menu.Item>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={() => void takeFileBack()}>
              Take a corrected file back…
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
