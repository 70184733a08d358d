// The tests check the alerts and the queries of the dashboard with promtool, which comes with Prometheus.
import { ensure, runs } from './ensure.mjs';

ensure(() => runs('promtool', '--version'), 'prometheus', 'The tests need promtool on the PATH.');
