/**
 * BigDL's classes that load its native libraries, in place of its own: {@code ai.softlabel.bigdl.Natives} unpacks the
 * libraries once per machine and user, where BigDL's own classes do so in each process. Nothing else belongs here.
 */
package com.intel.analytics.bigdl.mkl;
