"""`ragbot trust`: the user's word for the ragbot.toml of the working directory."""

import click

EPILOG = """\b
Examples:
  ragbot trust                      the ragbot.toml of this folder, as it is now
  ragbot trust --revoke             no longer

Without it a ragbot.toml may set what stays inside its folder (corpus, subjects, index there, port,
device, engine, precision, batch_size, strict, flat_limit, refresh_hours, keep_generations). To name
a model, an endpoint, a key, a path outside or anything else it has to be trusted, and again after
each change. What is trusted is kept in ragbot/trusted.json of your configuration folder.
"""


@click.command(epilog=EPILOG)
@click.option("--revoke", is_flag=True, help="Trust it no longer.")
def trust(revoke: bool) -> None:
    """Trust the ragbot.toml of this folder, as it is now."""
    from ragbot import settings_file, trust

    if revoke:
        path = settings_file.place()
        done = "is trusted no longer" if trust.revoke(path) else "was not trusted"
        click.echo(f"{path} {done}.")
        return
    file = settings_file.trust_it()
    names = ", ".join(file.values) or "nothing"
    click.echo(f"{file.path} is trusted as it is now. It sets {names}.")
