import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/text.css';
import { App } from './app.tsx';
import { beginAppCommands } from './stores/app-commands.ts';
import { beginAddresses } from './stores/address.ts';
import { acceptExportedFiles } from './stores/exported-files.ts';
import { isExportedPage, openExportedPage } from './stores/exported-page.ts';
import { notice } from './stores/notice.ts';
import { startSession } from './stores/session.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
beginAddresses();
if (isExportedPage()) openExportedPage().catch(notice);
else {
  startSession();
  beginAppCommands();
  // What looks at a file from somebody else knows all shapes of the contract: it is loaded with the first of them.
  acceptExportedFiles(async file => await (await import('./stores/open-exported.ts')).openExportedFile(file));
}
