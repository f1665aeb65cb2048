import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/text.css';
import { App } from './app.tsx';
import { beginAppCommands } from './stores/app-commands.ts';
import { beginAddresses } from './stores/address.ts';
import { startSession } from './stores/session.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
beginAddresses();
startSession();
beginAppCommands();
