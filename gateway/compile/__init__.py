"""What is written becomes what runs: guards, matcher, invoker, responder."""
