#ifndef CRASH_CRASH_SIG_JAVA_H
#define CRASH_CRASH_SIG_JAVA_H

#include "crash/sig_job.h"

/*
 * The signature of a Java exception: its class and the frame that threw it. Sets the signature of
 * the job's result; false, with sig_fail(), for data of the wrong type. Socorro: rules.py,
 * JavaSignatureTool and JavaExceptionSignatureTool; siggen.md 6.
 */
bool sig_java_trace(struct sig_job *job);     /* of a traceback's text */
bool sig_java_exception(struct sig_job *job); /* of an exception as an object */

#endif
