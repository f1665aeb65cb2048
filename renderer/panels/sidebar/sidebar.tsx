import { Runs } from './runs.tsx';
import { Triggers } from './triggers.tsx';
import { Workflows } from './workflows.tsx';
import './sidebar.css';

export function Sidebar() {
  return (
    <nav className="panel sidebar" aria-label="Workflows and runs">
      <Workflows />
      <Triggers />
      <Runs />
    </nav>
  );
}
