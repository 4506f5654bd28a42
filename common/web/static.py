from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also in what scripts import from each other: a new release never runs beside an old module."""

    support_js_module_import_aggregation = True
